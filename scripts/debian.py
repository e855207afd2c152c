"""Odoo 19 as Debian packages it: verified download without root and without touching the system's apt, extraction."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from .console import Failure, execute, progress, say
from .state import State, clean_environment

LOCK_FILE = Path(__file__).with_name("odoo.lock.json")
APT_HELPER = Path("/usr/lib/apt/apt-helper")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ODOO = "odoo-19"
# The suite whose fonts have the file names that Odoo links to (sid renamed them); Odoo itself is only in sid.
FONTS_SUITE = "trixie"
# Translations are 76 % of Odoo's size; German, Spanish and French stay (17 MB each), regional variants go.
UNWANTED = (
    "*/i18n/[!def]*.po",
    "*/i18n/d[!e]*.po",
    "*/i18n/e[!s]*.po",
    "*/i18n/f[!r]*.po",
    "*/i18n/*_*.po",
    "*/i18n_extra/*",
    "*.pot",
)
# The packages folder of the extracted tree: what goes on Python's path.
SITE = Path("usr/lib/python3/dist-packages")
# Debian leaves this file out of Odoo (not free); without it each page logs an error and browser tests fail.
MISSING_ASSET = SITE / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
NO_ODOO = "Name a checkout of Odoo 19 instead: ODOO_HOME=/path/to/odoo ./run ..."


def mirrors() -> list[str]:
    """Return the base addresses of the archives this machine's apt uses, most promising first; DEBIAN_MIRROR wins."""
    if os.environ.get("DEBIAN_MIRROR"):
        return [os.environ["DEBIAN_MIRROR"].rstrip("/")]
    listing = subprocess.run(
        ["apt-get", "--print-uris", "update"], capture_output=True, text=True, env=clean_environment(), check=False
    ).stdout
    bases = dict.fromkeys(re.findall(r"'([^']+?)/?/dists/[^/']+/InRelease'", listing))
    return sorted(bases, key=lambda base: ("security" in base, "debian" not in base))


def fetch(state: State) -> list[Path]:
    """Download what the lock file names, checked by SHA-256, or else the newest Odoo 19 by signed apt.

    :return: the package files, Odoo's first
    :raises Failure: no apt here, or nothing that can be trusted was found
    """
    if not APT_HELPER.exists() or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Failure("Odoo 19 comes from Debian's archive by apt, and this machine has no apt.", NO_ODOO)
    lock = json.loads(LOCK_FILE.read_text())
    folder = state.folder / "cache" / "debs"
    folder.mkdir(parents=True, exist_ok=True)
    found = mirrors()
    if not found:
        raise Failure("apt names no archive on this machine.", f"Give DEBIAN_MIRROR=<address>, or: {NO_ODOO}")
    size = sum(package["size"] for package in lock["packages"].values()) / 1e6
    failures = []
    with progress(f"Odoo {lock['version']}: download ({size:.0f} MB)"):
        for mirror in found:
            try:
                return _locked(state, lock, mirror, folder)
            except Failure as failure:
                failures.append(failure)
    say(f"  WARNING: no archive of this machine holds Odoo {lock['version']} as {LOCK_FILE.name} names it.")
    say("  WARNING: taking the newest 19.x that Debian signs; it differs from what was tested.")
    try:
        return _signed(state, found[0])
    except Failure as failure:
        raise Failure(
            f"Odoo 19 could not be fetched.\n{failures[0]}\n{failure}", failure.remedy or failures[0].remedy
        ) from failure


def _locked(state: State, lock: dict, mirror: str, folder: Path) -> list[Path]:
    """Fetch each package of the lock from one archive; apt's own downloader verifies the checksum and knows proxies."""
    files, wanted = [], []
    for name, package in lock["packages"].items():
        target = folder / f"{name}-{package['sha256'][:12]}.deb"
        files.append(target)
        if not target.exists():
            wanted.append((f"{mirror}/{package['file']}", target, f"SHA256:{package['sha256']}"))
    for address, target, checksum in wanted:
        partial = target.with_suffix(".part")
        partial.unlink(missing_ok=True)
        execute(
            [APT_HELPER, "-o", "APT::Sandbox::User=", "download-file", address, partial, checksum],
            state.log("download"),
            what=f"Download of {target.name}",
            env=clean_environment(),
        )
        partial.rename(target)
    return files


def _signed(state: State, mirror: str) -> list[Path]:
    """Fetch the newest Odoo 19 with a private apt configuration that trusts Debian's archive keys only."""
    if not KEYRING.exists():
        raise Failure(
            f"Debian's archive keys ({KEYRING}) are missing.", f"apt install debian-archive-keyring, or: {NO_ODOO}"
        )
    stale = os.environ.get("ODOO_STALE_OK") == "1"
    home = state.folder / "cache" / "apt"
    shutil.rmtree(home, ignore_errors=True)
    for part in ("etc", "lists/partial", "cache/archives/partial", "state", "debs"):
        (home / part).mkdir(parents=True)
    (home / "status").touch()
    (home / "etc" / "debian.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: sid {FONTS_SUITE}\nComponents: main\nSigned-By: {KEYRING}\n"
    )
    nothing = " ".join(
        f'Dir::Etc::{key} "/dev/null";'
        for key in ("sourcelist", "main", "parts", "preferences", "preferencesparts", "trusted", "trustedparts")
    )
    config = home / "apt.conf"
    config.write_text(
        f'{nothing}\nDir::Etc::sourceparts "{home}/etc";\n'
        f'Dir::State "{home}/state"; Dir::State::lists "{home}/lists";\n'
        f'Dir::State::status "{home}/status"; Dir::Cache "{home}/cache"; Dir::Log "{home}";\nAPT::Sandbox::User "";\n'
        'Acquire::Languages "none"; Acquire::GzipIndexes "true"; Acquire::PDiffs "false";\n'
        'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";\n'
        + ('Acquire::Check-Valid-Until "false";\n' if stale else "")
    )
    if stale:
        say("  WARNING: ODOO_STALE_OK=1: the archive's index may be out of date (its signature is still checked).")
    env = clean_environment(APT_CONFIG=str(config))
    log = state.log("apt")
    try:
        execute(["apt-get", "-qq", "-eany", "update"], log, what="Reading Debian's signed index", env=env)
    except Failure as failure:
        if "is expired" in log.read_text() and not stale:
            raise Failure(
                f"{failure}",
                "This machine's archive lags behind. To accept its old but signed index: ODOO_STALE_OK=1 ./run ...",
            ) from failure
        raise
    listing = execute(["apt-cache", "madison", ODOO], state.log("madison"), what="Looking for Odoo", env=env)
    version = next((line.split("|")[1].strip() for line in listing.splitlines() if "| 19." in line), None)
    if not version:
        raise Failure("Debian's index has no Odoo 19.", NO_ODOO)
    names = [name for name in json.loads(LOCK_FILE.read_text())["packages"] if name != ODOO]
    execute(
        ["apt-get", "-qq", "download", f"{ODOO}={version}", *(f"{name}/{FONTS_SUITE}" for name in names)],
        log,
        what="Download of Odoo",
        env=env,
        cwd=home / "debs",
    )
    say(f"  WARNING: Odoo {version} instead of {json.loads(LOCK_FILE.read_text())['version']}")
    return sorted((home / "debs").glob("*.deb"), key=lambda path: not path.name.startswith(ODOO))


def extract(packages: list[Path], target: Path) -> None:
    """Unpack Odoo (without most translations and Debian's second copy of the addons) and what it links to."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    odoo, *assets = packages
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(odoo)], stdout=subprocess.PIPE) as archive:
        excluded = [f"--exclude={pattern}" for pattern in UNWANTED]
        unpack = subprocess.run(
            ["tar", "-x", "-C", str(fresh), "--no-same-owner", *excluded, f"./{SITE}/odoo"],
            stdin=archive.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if unpack.returncode or archive.returncode:
        raise Failure(f"{odoo} could not be unpacked: {unpack.stderr}", "Is the disk full? Odoo needs 500 MB.")
    for package in assets:
        subprocess.run(["dpkg-deb", "-x", str(package), str(fresh)], check=True)
    stub = fresh / MISSING_ASSET
    stub.unlink(missing_ok=True)
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.write_text("/* not in Debian's package: background blur in calls, not used here */\n")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    dangling = [path for path in (target / SITE).rglob("*") if path.is_symlink() and not path.exists()]
    if dangling:
        say(
            f"  WARNING: {len(dangling)} files of Odoo's web client are missing, e.g. {dangling[0].relative_to(target)}"
        )
