"""Content credentials (C2PA): how a film came about, written into it and signed by this installation.

What is signed cannot be changed unnoticed. Who signed is not told: key and certificate are made here, once, and stand
on no list of trust. The library comes with the extra `credentials`.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sora_studio import __version__
from sora_studio.core.errors import BadInput, OutputError
from sora_studio.core.language import mark, tr
from sora_studio.core.recipe import Recipe
from sora_studio.core.whole import settle
from sora_studio.media.presets import Preset

NOT_INSTALLED = mark(
    "Content credentials need the extra “credentials”. Install it with: pip install “sora-studio[credentials]”, "
    "or pip install c2pa-python, and start the studio again."
)
IDENTITY = "installation.pem"
"""The private key, its certificate and the authority's that vouches for it, in one file."""
GENERATION = "com.sorastudio.generation"
"""The label under which prompts, seeds and models stand."""

_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_YEARS = 30
_ENDING = ".c2pa"
_ADDED = 1 << 16
"""Bytes by which a signed film may be larger."""
_LIMITS = {"builder": {"thumbnail": {"enabled": False}}}
"""Thumbnails of moving pictures were as large as the film."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a film says of itself. The key lies in `folder`, `recipes` are those of the generated clips in it, and
    `footage` says whether it also shows, or was made from, what was not generated here."""

    folder: Path
    recipes: tuple[Recipe, ...] = ()
    footage: bool = False

    @property
    def source(self) -> str:
        """What kind of picture it is, in the words of the IPTC."""
        if not self.recipes:
            return f"{_SOURCES}humanEdits"
        return f"{_SOURCES}{'compositeWithTrainedAlgorithmicMedia' if self.footage else 'trainedAlgorithmicMedia'}"

    @property
    def manifest(self) -> dict[str, Any]:
        """The claim as the library takes it."""
        agent = {"name": "Sora Studio", "version": __version__}
        actions = [{"action": "c2pa.created", "digitalSourceType": self.source, "softwareAgent": agent}]
        claims: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]
        clips = [
            {"prompt": one.get("prompt"), "seed": one.get("seed"), "model": one.get("engine")} for one in self.recipes
        ]
        if clips:
            claims.append({"label": GENERATION, "data": {"clips": clips}})
        return {"claim_generator_info": [agent], "assertions": claims}


def installed() -> bool:
    """Whether the extra is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("c2pa", "cryptography"))


def signer_of(credentials: Credentials, preset: Preset) -> Callable[[Path], None]:
    """What signs a complete film in its place. Raises BadInput without the extra and for formats that hold none,
    OutputError where the installation's key can be neither read nor made."""
    if not preset.credentials:
        raise BadInput(
            "{format} holds no content credentials. Choose H.264, or write the film without them.",
            format=tr(preset.title),
        )
    try:
        importlib.import_module("c2pa")  # now, so that no film is made in vain
        key, chain = _identity(credentials.folder)
    except ImportError as exc:
        raise BadInput(NOT_INSTALLED) from exc

    def sign(film: Path) -> None:
        _sign(film, preset.credentials, credentials.manifest, (key, chain))

    return sign


def _sign(film: Path, kind: str, manifest: dict[str, Any], identity: tuple[bytes, bytes]) -> None:
    """Put the signed film in the place of the other, or leave nothing of it. Raises OutputError and OSError."""
    from c2pa import Builder, C2paError, C2paSignerInfo, Context, Signer

    key, chain = identity
    signed = film.with_name(film.name + _ENDING)
    try:
        with (
            Signer.from_info(C2paSignerInfo("es256", chain, key, None)) as signer,
            Context.from_dict(_LIMITS) as context,
            Builder.from_json(json.dumps(manifest), context) as builder,
            film.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, kind, source, target)
        os.replace(signed, film)
    except C2paError as exc:
        begun = signed.stat().st_size if signed.exists() else 0
        if shutil.disk_usage(film.parent).free < film.stat().st_size - begun + _ADDED:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from exc  # which the library does not tell
        raise OutputError(
            "The film could not be signed ({why}). Export it again, or without content credentials.",
            why=str(exc).strip().rstrip("."),
        ) from exc
    finally:
        with contextlib.suppress(OSError):
            signed.unlink(missing_ok=True)


def _identity(folder: Path) -> tuple[bytes, bytes]:
    """Private key and chain of certificates (PEM) of this installation, made where there are none."""
    path = folder / IDENTITY
    try:
        data = path.read_bytes() if path.exists() else _written(path, _made())
    except OSError as exc:
        raise OutputError(
            "The key that films are signed with can be neither read nor written at “{path}”. Change the permissions of "
            "its folder.",
            path=path,
        ) from exc
    return _parts(path, data)


def _parts(path: Path, data: bytes) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    key, begin, rest = data.partition(b"-----BEGIN CERTIFICATE-----")
    try:
        serialization.load_pem_private_key(key, None)
        x509.load_pem_x509_certificates(begin + rest)
    except ValueError as exc:
        raise OutputError(
            "The key that films are signed with, “{path}”, is damaged. Remove the file: another is made.", path=path
        ) from exc
    return key, begin + rest


def _written(path: Path, data: bytes) -> bytes:
    """Write a file that only its owner may read, whole; the folder likewise."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    settle(path.parent)
    return data


def _made() -> bytes:
    """A new key, a certificate for it, and the authority that issued that; whose own key is forgotten."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)

    def name(common: str) -> x509.Name:
        pairs = ((NameOID.ORGANIZATION_NAME, "Sora Studio"), (NameOID.COMMON_NAME, common))
        return x509.Name([x509.NameAttribute(*pair) for pair in pairs])

    def certificate(subject: str, key: ec.EllipticCurvePrivateKey, *, issues: bool) -> x509.CertificateBuilder:
        uses = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        none = dict.fromkeys((*uses, "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
        wanted = {"key_cert_sign": True, "crl_sign": True} if issues else {"digital_signature": True}
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("Authority of one installation"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + datetime.timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=issues, path_length=0 if issues else None), critical=True)
            .add_extension(x509.KeyUsage(**none | wanted), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        )

    mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])  # one of those that C2PA allows
    leaf = certificate("Installation of Sora Studio", own, issues=False).add_extension(mail, critical=False)
    issuer = certificate("Authority of one installation", authority, issues=True)
    pem = serialization.Encoding.PEM
    plain = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain + b"".join(one.sign(authority, hashes.SHA256()).public_bytes(pem) for one in (leaf, issuer))
