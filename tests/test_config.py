"""Settings come from the environment; what is wrong is named."""

from __future__ import annotations

import pytest

from peerapp.config import ConfigError, settings_from_environment

SECRET = {"SECRET_KEY": "k" * 32}


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
    ],
)
def test_bad_setting_is_named(environ, named):
    with pytest.raises(ConfigError, match=f"^{named} is"):
        settings_from_environment(environ)


def test_settings_do_not_print_secrets():
    settings = settings_from_environment({**SECRET, "PEERAPP_SMTP_PASSWORD": "hunter22hunter22"})
    assert "kkkk" not in repr(settings)
    assert "hunter22" not in repr(settings)
