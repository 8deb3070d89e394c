"""Files to frames and frames to files: probe, decode, encode, thumbnails, scrubbing, timeline export."""
