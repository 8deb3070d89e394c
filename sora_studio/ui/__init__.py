"""The window: PySide6 views over a session. Views hold no truth; one bridge brings the session's signals to Qt."""
