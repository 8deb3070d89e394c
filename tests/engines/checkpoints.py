"""Tiny checkpoints of open models with random weights, in the layout that diffusers downloads: real classes, real
files, a megabyte or less. `build(name, folder)` writes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import tokenizers
import torch
import transformers
from diffusers.pipelines.ltx2 import LTX2TextConnectors
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder

TEXT_DIM = 32
LETTERS = [chr(code) for code in range(33, 127)]


def t5_tokenizer() -> Any:
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)] + [(letter, -3.0) for letter in LETTERS]
    return transformers.T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def t5_encoder(kind: str = "T5") -> Any:
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=256, d_model=TEXT_DIM, d_ff=64, d_kv=8, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu"
    )
    return getattr(transformers, f"{kind}EncoderModel")(config)


def clip_vision(side: int = 16, patch: int = 4) -> dict[str, Any]:
    config = transformers.CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=16,
        num_attention_heads=2,
        num_hidden_layers=2,
        image_size=side,
        patch_size=patch,
        projection_dim=16,
    )
    processor = transformers.CLIPImageProcessor(crop_size={"height": side, "width": side}, size={"shortest_edge": side})
    return {"image_encoder": transformers.CLIPVisionModel(config), "image_processor": processor}


def llama_tokenizer() -> Any:
    """Words and marks with the special tokens of Llama 3, since templates of prompts are cut by their tokens."""
    special = ["<pad>", "<unk>", "<|begin_of_text|>"]
    marks = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<image>"]
    words = ["a", "red", "ball", "blue", "boat", "green", "house", "at", "sea", "\n\n", ".", ",", ":"]
    vocabulary = {token: place for place, token in enumerate([*special, *marks, *words])}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    pattern = tokenizers.Regex(r"<\|?[a-z_]+\|?>|\n+|\w+|[^\w\s]")
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(pattern, "removed", invert=True)
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", 2)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", additional_special_tokens=marks
    )


def llama_config() -> Any:
    return transformers.LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=32,
        num_attention_heads=4,
        num_hidden_layers=4,
        bos_token_id=2,
        eos_token_id=5,
        pad_token_id=0,
    )


def clip_tokenizer() -> Any:
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: place for place, token in enumerate(tokens)}
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def clip_text(width: int) -> Any:
    config = transformers.CLIPTextConfig(
        vocab_size=600,
        hidden_size=width,
        intermediate_size=16,
        num_attention_heads=2,
        num_hidden_layers=2,
        projection_dim=16,
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
    )
    return transformers.CLIPTextModel(config)


def uni_pc(shift: float) -> Any:
    return diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=shift
    )


def wan_parts(transformer: Any, shift: float = 3.0, **more: Any) -> dict[str, Any]:
    vae = diffusers.AutoencoderKLWan(
        base_dim=4, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    parts = {
        "tokenizer": t5_tokenizer(),
        "text_encoder": t5_encoder("UMT5"),
        "vae": vae,
        "scheduler": uni_pc(shift),
        "transformer": transformer,
    }
    return parts | more


def wan_transformer(kind: str = "WanTransformer3DModel", channels: int = 16, **config: Any) -> Any:
    usual = {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": channels,
        "out_channels": 16,
        "text_dim": TEXT_DIM,
        "freq_dim": 256,
        "ffn_dim": 32,
        "num_layers": 2,
        "cross_attn_norm": True,
        "qk_norm": "rms_norm_across_heads",
        "rope_max_seq_len": 64,
    }
    return getattr(diffusers, kind)(**(usual | config))


def wan_text(**config: Any) -> Any:
    return diffusers.WanPipeline(**wan_parts(wan_transformer(**config)))


def wan_text_two() -> Any:
    two = {"transformer_2": wan_transformer(), "boundary_ratio": 0.875}
    return diffusers.WanPipeline(**wan_parts(wan_transformer(), **two))


def wan_image() -> Any:
    shown = wan_transformer(channels=36, image_dim=16, added_kv_proj_dim=24)
    return diffusers.WanImageToVideoPipeline(**wan_parts(shown, **clip_vision()))


def wan_frames() -> Any:
    seen = 2 * (4 * 4 + 1)  # two pictures of 4x4 patches and a class token
    shown = wan_transformer(channels=36, image_dim=16, added_kv_proj_dim=24, pos_embed_seq_len=seen)
    return diffusers.WanImageToVideoPipeline(**wan_parts(shown, **clip_vision()))


def wan_image_two() -> Any:
    two = {"transformer_2": wan_transformer(channels=36), "boundary_ratio": 0.9}
    return diffusers.WanImageToVideoPipeline(**wan_parts(wan_transformer(channels=36), **two))


def wan_both() -> Any:
    vae = diffusers.AutoencoderKLWan(
        base_dim=4,
        decoder_base_dim=4,
        z_dim=48,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48,
        is_residual=True,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        scale_factor_spatial=16,
        scale_factor_temporal=4,
    )
    shown = wan_transformer(channels=48, out_channels=48)
    return diffusers.WanPipeline(**wan_parts(shown, 5.0, vae=vae, expand_timesteps=True))


def wan_vace() -> Any:
    shown = wan_transformer("WanVACETransformer3DModel", num_layers=3, vace_layers=[0, 2], vace_in_channels=96)
    return diffusers.WanVACEPipeline(**wan_parts(shown))


def ltx_parts(**config: Any) -> dict[str, Any]:
    vae = diffusers.AutoencoderKLLTXVideo(
        in_channels=3,
        out_channels=3,
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True),
        decoder_inject_noise=(False, False, False, False),
        downsample_type=("conv", "conv", "conv", "conv"),
        upsample_residual=(False, False, False),
        upsample_factor=(1, 1, 1),
        timestep_conditioning=True,
        patch_size=4,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    usual = {
        "in_channels": 8,
        "out_channels": 8,
        "num_attention_heads": 4,
        "attention_head_dim": 8,
        "cross_attention_dim": 32,
        "num_layers": 2,
        "caption_channels": TEXT_DIM,
    }
    return {
        "tokenizer": t5_tokenizer(),
        "text_encoder": t5_encoder(),
        "vae": vae,
        "transformer": diffusers.LTXVideoTransformer3DModel(**(usual | config)),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(),
    }


def ltx(**config: Any) -> Any:
    return diffusers.LTXConditionPipeline(**ltx_parts(**config))


def ltx_first() -> Any:
    return diffusers.LTXPipeline(**ltx_parts())


def cog_parts(channels: int = 4, scheduler: str = "CogVideoXDDIMScheduler", **config: Any) -> dict[str, Any]:
    vae = diffusers.AutoencoderKLCogVideoX(
        in_channels=3,
        out_channels=3,
        down_block_types=("CogVideoXDownBlock3D",) * 4,
        up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=2,
        temporal_compression_ratio=4,
    )
    usual = {
        "num_attention_heads": 2,
        "attention_head_dim": 16,
        "in_channels": channels,
        "out_channels": 4,
        "time_embed_dim": 2,
        "text_embed_dim": TEXT_DIM,
        "num_layers": 2,
        "sample_width": 8,
        "sample_height": 4,
        "sample_frames": 17,
        "patch_size": 2,
        "temporal_compression_ratio": 4,
        "max_text_seq_length": 226,
        "use_rotary_positional_embeddings": True,
    }
    return {
        "tokenizer": t5_tokenizer(),
        "text_encoder": t5_encoder(),
        "vae": vae,
        "transformer": diffusers.CogVideoXTransformer3DModel(**(usual | config)),
        "scheduler": getattr(diffusers, scheduler)(
            prediction_type="v_prediction",
            timestep_spacing="trailing",
            rescale_betas_zero_snr=True,
            snr_shift_scale=1.0,
            set_alpha_to_one=True,
        ),
    }


def cog_text(**config: Any) -> Any:
    return diffusers.CogVideoXPipeline(**cog_parts(**config))


def cog_text_newer() -> Any:
    return diffusers.CogVideoXPipeline(**cog_parts(scheduler="CogVideoXDPMScheduler", patch_size_t=2, patch_bias=False))


def cog_image() -> Any:
    return diffusers.CogVideoXImageToVideoPipeline(**cog_parts(8, "CogVideoXDPMScheduler"))


def cog_image_newer() -> Any:
    newer = {"patch_size_t": 2, "patch_bias": False, "ofs_embed_dim": 2, "sample_width": 32, "sample_height": 32}
    return diffusers.CogVideoXImageToVideoPipeline(**cog_parts(8, "CogVideoXDPMScheduler", **newer))


def hunyuan_parts(text_encoder: Any, kind: str = "HunyuanVideoTransformer3DModel", **config: Any) -> dict[str, Any]:
    vae = diffusers.AutoencoderKLHunyuanVideo(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        down_block_types=("HunyuanVideoDownBlock3D",) * 4,
        up_block_types=("HunyuanVideoUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
    )
    usual = {
        "in_channels": 4,
        "out_channels": 4,
        "num_attention_heads": 2,
        "attention_head_dim": 10,
        "num_layers": 1,
        "num_single_layers": 1,
        "num_refiner_layers": 1,
        "patch_size": 2,
        "patch_size_t": 1,
        "guidance_embeds": True,
        "text_embed_dim": 16,
        "pooled_projection_dim": 8,
        "rope_axes_dim": (2, 4, 4),
    }
    return {
        "text_encoder": text_encoder,
        "tokenizer": llama_tokenizer(),
        "text_encoder_2": clip_text(8),
        "tokenizer_2": clip_tokenizer(),
        "vae": vae,
        "transformer": getattr(diffusers, kind)(**(usual | config)),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
    }


def hunyuan_text(**config: Any) -> Any:
    return diffusers.HunyuanVideoPipeline(**hunyuan_parts(transformers.LlamaModel(llama_config()), **config))


def hunyuan_image() -> Any:
    seen = clip_vision(336, 14)  # 576 patches, which the pipeline counts on
    config = transformers.LlavaConfig(
        vision_config=seen["image_encoder"].config,
        text_config=llama_config(),
        image_token_index=6,
        pad_token_id=0,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    parts = hunyuan_parts(transformers.LlavaForConditionalGeneration(config), image_condition_type="token_replace")
    return diffusers.HunyuanVideoImageToVideoPipeline(**parts, image_processor=seen["image_processor"])


def qwen_tokenizer() -> Any:
    letters = [*sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()), "<|endoftext|>"]
    tokenizer = transformers.Qwen2Tokenizer(vocab={token: place for place, token in enumerate(letters)}, merges=[])
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = (
        "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n'}}{% endfor %}"
        "{% if add_generation_prompt %}{{'<|im_start|>assistant\n'}}{% endif %}"
    )
    return tokenizer


def hunyuan15_parts(**config: Any) -> dict[str, Any]:
    vae = diffusers.AutoencoderKLHunyuanVideo15(
        latent_channels=4,
        block_out_channels=(8, 8, 8, 8, 8),
        layers_per_block=1,
        downsample_match_channel=False,
        upsample_match_channel=False,
    )
    usual = {
        "in_channels": 9,  # noise, a picture's latents, and where they stand
        "out_channels": 4,
        "num_attention_heads": 2,
        "attention_head_dim": 8,
        "num_layers": 2,
        "num_refiner_layers": 1,
        "mlp_ratio": 2.0,
        "text_embed_dim": 16,
        "text_embed_2_dim": 32,
        "image_embed_dim": 12,
        "rope_axes_dim": (2, 2, 4),
        "target_size": 45,  # 8 latent pixels: 64 x 32 is in its list
        "task_type": "t2v",
    }
    text = transformers.Qwen2_5_VLTextConfig(
        vocab_size=300,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=2,
        rope_parameters={"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1e6},
    )
    glyphs = transformers.T5Config(vocab_size=384, d_model=32, d_ff=64, d_kv=8, num_layers=2, num_heads=4)
    return {
        "text_encoder": transformers.Qwen2_5_VLTextModel(text),
        "tokenizer": qwen_tokenizer(),
        "text_encoder_2": transformers.T5EncoderModel(glyphs),
        "tokenizer_2": transformers.ByT5Tokenizer(),
        "vae": vae,
        "transformer": diffusers.HunyuanVideo15Transformer3DModel(**(usual | config)),
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
        "guider": diffusers.ClassifierFreeGuidance(guidance_scale=6.0),
    }


def hunyuan15_text(**config: Any) -> Any:
    return diffusers.HunyuanVideo15Pipeline(**hunyuan15_parts(**config))


def siglip() -> dict[str, Any]:
    eye = transformers.SiglipVisionConfig(
        hidden_size=12, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4
    )
    return {
        "image_encoder": transformers.SiglipVisionModel(eye),
        "feature_extractor": transformers.SiglipImageProcessor(size={"height": 16, "width": 16}),
    }


def hunyuan15_image() -> Any:
    return diffusers.HunyuanVideo15ImageToVideoPipeline(**hunyuan15_parts(task_type="i2v"), **siglip())


def framepack(**config: Any) -> Any:
    seen = {"has_image_proj": True, "image_proj_dim": 12, "has_clean_x_embedder": True}
    words = transformers.LlamaModel(llama_config())
    parts = hunyuan_parts(words, "HunyuanVideoFramepackTransformer3DModel", **(seen | config))
    return diffusers.HunyuanVideoFramepackPipeline(**parts, **siglip())


def skyreels(**config: Any) -> Any:
    usual = {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 16,
        "out_channels": 16,
        "text_dim": TEXT_DIM,
        "freq_dim": 256,
        "ffn_dim": 32,
        "num_layers": 2,
        "rope_max_seq_len": 64,
        "inject_sample_info": True,
    }
    transformer = diffusers.SkyReelsV2Transformer3DModel(**(usual | config))
    return diffusers.SkyReelsV2DiffusionForcingPipeline(**wan_parts(transformer, 8.0))


def gemma_tokenizer() -> Any:
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    vocabulary = {token: place for place, token in enumerate([*special, *fallback, "▁", *LETTERS])}
    return transformers.GemmaTokenizer(vocab=vocabulary, merges=[], model_max_length=1024)


def gemma() -> Any:
    text = {
        "vocab_size": 512,
        "hidden_size": 32,
        "intermediate_size": 37,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "sliding_window": 512,
        "bos_token_id": 2,
        "eos_token_id": 1,
        "pad_token_id": 0,
    }
    vision = {
        "hidden_size": 32,
        "intermediate_size": 37,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "image_size": 28,
        "patch_size": 14,
    }
    config = transformers.Gemma3Config(
        text_config=text,
        vision_config=vision,
        mm_tokens_per_image=4,
        image_token_index=500,
        boi_token_index=501,
        eoi_token_index=502,
    )
    return transformers.Gemma3ForConditionalGeneration(config)


def ltx2(**config: Any) -> Any:
    width, layers = 32, 2  # of the text tower
    usual = {
        "in_channels": 8,
        "out_channels": 8,
        "num_attention_heads": 2,
        "attention_head_dim": 8,
        "cross_attention_dim": 16,
        "audio_in_channels": 4,
        "audio_out_channels": 4,
        "audio_num_attention_heads": 2,
        "audio_attention_head_dim": 4,
        "audio_cross_attention_dim": 8,
        "num_layers": 2,
        "caption_channels": width,
        "rope_double_precision": False,
        "rope_type": "split",
    }
    transformer = diffusers.LTX2VideoTransformer3DModel(**(usual | config))
    connectors = LTX2TextConnectors(
        caption_channels=width,
        text_proj_in_factor=layers + 1,
        video_connector_num_attention_heads=4,
        video_connector_attention_head_dim=8,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=None,
        audio_connector_num_attention_heads=4,
        audio_connector_attention_head_dim=8,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=None,
        connector_rope_base_seq_len=32,
        rope_theta=10000.0,
        rope_double_precision=False,
        causal_temporal_positioning=False,
        rope_type="split",
    )
    vae = diffusers.AutoencoderKLLTX2Video(
        in_channels=3,
        out_channels=3,
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        upsample_residual=(False, False, False),
        upsample_factor=(1, 1, 1),
        decoder_causal=False,
        decoder_spatial_padding_mode="zeros",  # the usual mirror needs more than one latent pixel
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    )
    audio_vae = diffusers.AutoencoderKLLTX2Audio(
        base_channels=4,
        output_channels=2,
        ch_mult=(1,),
        num_res_blocks=1,
        attn_resolutions=None,
        in_channels=2,
        resolution=32,
        latent_channels=2,
        norm_type="pixel",
        causality_axis="height",
        mid_block_add_attention=False,
        sample_rate=16000,
        mel_hop_length=160,
        is_causal=True,
        mel_bins=8,
    )
    vocoder = LTX2Vocoder(
        in_channels=16,
        hidden_channels=32,
        out_channels=2,
        upsample_kernel_sizes=[4, 4],
        upsample_factors=[2, 2],
        resnet_kernel_sizes=[3],
        resnet_dilations=[[1, 3, 5]],
        leaky_relu_negative_slope=0.1,
        output_sampling_rate=16000,
    )
    return diffusers.LTX2Pipeline(
        tokenizer=gemma_tokenizer(),
        text_encoder=gemma(),
        connectors=connectors,
        transformer=transformer,
        vae=vae,
        audio_vae=audio_vae,
        vocoder=vocoder,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
    )


BUILDERS: dict[str, Callable[..., Any]] = {
    "wan-text": wan_text,
    "wan-text-2.2": wan_text_two,
    "wan-image": wan_image,
    "wan-frames": wan_frames,
    "wan-image-2.2": wan_image_two,
    "wan-both-2.2": wan_both,
    "wan-vace": wan_vace,
    "ltx": ltx,
    "ltx-first": ltx_first,
    "ltx2": ltx2,
    "cog-text": cog_text,
    "cog-text-1.5": cog_text_newer,
    "cog-image": cog_image,
    "cog-image-1.5": cog_image_newer,
    "hunyuan-text": hunyuan_text,
    "hunyuan-image": hunyuan_image,
    "hunyuan15-text": hunyuan15_text,
    "hunyuan15-image": hunyuan15_image,
    "framepack": framepack,
    "framepack-f1": framepack,  # told by its name alone
    "skyreels": skyreels,
}


def build(name: str, folder: Path, **config: Any) -> Path:
    """Write a checkpoint to a folder and return that; those that take a `config` have a transformer of it. Leaves
    torch's global generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipe = BUILDERS[name](**config)
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                _fill(part.eval())
        _measure(pipe.vae)
    pipe.save_pretrained(folder)
    return folder


def _fill(network: torch.nn.Module) -> None:
    """Layers that start at zero get weights, so that every input matters."""
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)


@torch.no_grad()
def _measure(vae: Any) -> None:
    """Scale the encoder's last layer so that latents are as loud as the VAE's own statistics say, as trained ones are:
    otherwise the decoder would hardly notice what it is given."""
    clouds = torch.nn.functional.interpolate(torch.randn(1, 3, 3, 4, 4), size=(17, 128, 128), mode="trilinear").tanh()
    spread, mean = torch.std_mean(vae.encode(clouds).latent_dist.mode(), dim=(0, 2, 3, 4))  # (Z,) each
    wanted, middle = _statistics(vae, len(mean))
    gain = wanted / (spread + 1e-3)
    last = getattr(vae, "quant_conv", None) or vae.encoder.conv_out
    last = getattr(last, "conv", last)
    last.weight[: len(mean)] *= gain.view(-1, 1, 1, 1, 1)
    last.bias[: len(mean)] = (last.bias[: len(mean)] - mean) * gain + middle
    last.weight[len(mean) :] = 0  # the logarithm of the variance: trained encoders are sure of themselves
    last.bias[len(mean) :] = -12


def _statistics(vae: Any, channels: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Spread and mean that a VAE's files promise of its latents."""
    if vae.config.get("latents_std") is not None:
        return torch.tensor(vae.config.latents_std), torch.tensor(vae.config.latents_mean)
    if vae._buffers.get("latents_std") is not None:
        vae.latents_std.copy_(torch.rand(channels) + 0.5)
        vae.latents_mean.copy_(torch.randn(channels) / 2)
        return vae.latents_std, vae.latents_mean
    return torch.full((channels,), 1 / vae.config.scaling_factor), torch.zeros(channels)
