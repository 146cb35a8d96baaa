"""Settings come from the environment; what is wrong is named."""

from __future__ import annotations

import pytest

from peerapp.config import ConfigError, settings_from_environment

SECRET = {"SECRET_KEY": "k" * 32}
DBS = "PEERAPP_UPDATE_SERVICE_URL"


def test_defaults_need_only_a_secret():
    settings = settings_from_environment(SECRET)
    assert settings.database_url == "sqlite:///var/peerapp.sqlite3"
    assert settings.secure_cookies is True
    assert settings.mail_backend == "file"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 31}, "SECRET_KEY"),
        ({**SECRET, "PEERAPP_SECURE_COOKIES": "true"}, "PEERAPP_SECURE_COOKIES"),
        ({**SECRET, "PEERAPP_IDLE_MINUTES": "soon"}, "PEERAPP_IDLE_MINUTES"),
        ({**SECRET, "PEERAPP_IDLE_MINUTES": "4"}, "PEERAPP_IDLE_MINUTES"),
        ({**SECRET, "PEERAPP_MAIL": "pigeon"}, "PEERAPP_MAIL"),
        ({**SECRET, "PEERAPP_MAIL": "smtp"}, "PEERAPP_SMTP_HOST"),
        ({**SECRET, "PEERAPP_LOG_LEVEL": "loud"}, "PEERAPP_LOG_LEVEL"),
        ({**SECRET, "PEERAPP_AUDIT_HEAD_MAIL": "nobody"}, "PEERAPP_AUDIT_HEAD_MAIL"),
        ({**SECRET, "PEERAPP_AUDIT_HEAD_MAIL": "a@b.org, c@d.org"}, "PEERAPP_AUDIT_HEAD_MAIL"),
        ({**SECRET, DBS: "http://service.example"}, DBS),
        ({**SECRET, DBS: "ftp://service.example"}, DBS),
        ({**SECRET, DBS: "https://"}, DBS),
        ({**SECRET, DBS: "https://me:secret@service.example"}, DBS),
        ({**SECRET, DBS: "https://service.example/?a=b"}, DBS),
        ({**SECRET, DBS: "https://service.example#a"}, DBS),
        ({**SECRET, DBS: "https://service.example:port"}, DBS),
        ({**SECRET, DBS: "http://127.0.0.1.example"}, DBS),
        ({**SECRET, DBS: "service.example"}, DBS),
    ],
)
def test_bad_setting_is_named(environ, named):
    with pytest.raises(ConfigError, match=f"^{named} is"):
        settings_from_environment(environ)


def test_settings_do_not_print_secrets():
    settings = settings_from_environment({**SECRET, "PEERAPP_SMTP_PASSWORD": "hunter22hunter22"})
    assert "kkkk" not in repr(settings)
    assert "hunter22" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("", ""),
        (" ", ""),
        ("https://service.example/", "https://service.example"),
        ("https://service.example:8443/a", "https://service.example:8443/a"),
        ("http://127.0.0.1:8790", "http://127.0.0.1:8790"),
        ("http://localhost:8790", "http://localhost:8790"),
    ],
)
def test_status_checks_are_off_until_a_safe_address_is_given(given, taken):
    assert settings_from_environment({**SECRET, DBS: given}).update_service_url == taken
    assert settings_from_environment(SECRET).update_service_url == ""


def test_error_about_an_address_does_not_repeat_it():
    with pytest.raises(ConfigError) as error:
        settings_from_environment({**SECRET, DBS: "https://me:hunter22@service.example"})
    assert "hunter22" not in str(error.value)
    assert "service.example" not in str(error.value)
