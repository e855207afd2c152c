"""Where Odoo comes from, and that what was downloaded is what the lock file names."""

import hashlib
import json
import shutil
import subprocess

import pytest

from scripts import debian, odoo_source
from scripts.console import Failure
from scripts.state import ROOT, State


def make_checkout(folder, version="(19, 0, 0, FINAL, 0, '')"):
    for part in ("odoo/addons/base", "addons/web"):
        (folder / part).mkdir(parents=True)
    (folder / "odoo/release.py").write_text(f"FINAL = 'final'\nversion_info = {version}\n")
    return folder


def test_a_checkout_is_taken_with_both_addons_folders(tmp_path, monkeypatch):
    site = make_checkout(tmp_path / "odoo-19")
    monkeypatch.setenv("ODOO_HOME", str(site))
    source = odoo_source.checkout()
    assert (source.kind, source.version) == ("checkout", "19.0.0")
    assert source.addons == (site / "odoo" / "addons", site / "addons")


@pytest.mark.parametrize("version", ["(18, 0, 0, FINAL, 0, '')", "('saas~18', 3, 0, FINAL, 0, '')"])
def test_another_series_is_refused(tmp_path, monkeypatch, version):
    monkeypatch.setenv("ODOO_HOME", str(make_checkout(tmp_path, version)))
    with pytest.raises(Failure, match="Odoo 19 is needed"):
        odoo_source.checkout()


def test_an_empty_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match="no Odoo"):
        odoo_source.checkout()


def test_the_lock_file_names_each_package_with_its_checksum():
    lock = json.loads(debian.LOCK_FILE.read_text())
    assert debian.ODOO in lock["packages"]
    for package in lock["packages"].values():
        assert len(package["sha256"]) == 64
        assert package["file"].startswith("pool/")
        assert "://" not in json.dumps(package)


def test_no_archive_is_hard_coded():
    sources = [path.read_text() for path in (ROOT / "scripts").glob("*.py")] + [debian.LOCK_FILE.read_text()]
    assert not [text for text in sources if "debian.org" in text or "pypi.org" in text]


def package(folder, name="odoo-19", content=b"content"):
    path = folder / "pool" / f"{name}.deb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"file": f"pool/{name}.deb", "size": len(content), "sha256": hashlib.sha256(b"content").hexdigest()}


@pytest.mark.skipif(not debian.APT_HELPER.exists(), reason="no apt here")
def test_a_package_with_another_checksum_is_not_used(tmp_path):
    state, archive = State(tmp_path / "state"), tmp_path / "archive"
    target = tmp_path / "debs"
    target.mkdir()
    good = {"packages": {"odoo-19": package(archive)}}
    assert [path.read_bytes() for path in debian._locked(state, good, f"file://{archive}", target)] == [b"content"]
    shutil.rmtree(target)
    target.mkdir()
    altered = {"packages": {"odoo-19": package(archive, content=b"altered")}}
    with pytest.raises(Failure, match="Download of odoo-19"):
        debian._locked(state, altered, f"file://{archive}", target)
    assert not list(target.glob("*.deb"))


@pytest.mark.skipif(not debian.APT_HELPER.exists(), reason="no apt here")
def test_the_archive_is_read_from_apt():
    listing = subprocess.run(["apt-get", "--print-uris", "update"], capture_output=True, text=True, check=False).stdout
    assert debian.mirrors()
    assert all(mirror in listing for mirror in debian.mirrors())


def test_the_translations_kept_are_three():
    def kept(name):
        return not any(__import__("fnmatch").fnmatchcase(f"odoo/addons/sale/i18n/{name}", p) for p in debian.UNWANTED)

    assert [name for name in ("de.po", "es.po", "fr.po") if not kept(name)] == []
    others = ("da.po", "el.po", "et.po", "fa.po", "fi.po", "fr_BE.po", "es_419.po", "en_GB.po", "nl.po", "sale.pot")
    assert [name for name in others if kept(name)] == []
