"""A form's fields are taken, files and JSON only where a view takes them."""

from __future__ import annotations

from io import BytesIO

import pytest


@pytest.mark.parametrize("path", ["/volunteer/sign-up", "/forgot-password", "/sign-in"])
def test_a_file_in_place_of_a_text_is_refused(client, path):
    assert client.post(path, data={"email": "not an address"}).status_code == 422
    wrong = {"email": (BytesIO(b"a@example.org"), "a.csv")}
    assert client.post(path, data=wrong).status_code == 415


@pytest.mark.parametrize("body", [[], {"email": ["a"]}, "text", 1])
def test_json_is_refused_whatever_it_holds(client, body):
    assert client.post("/forgot-password", json=body).status_code == 415


def test_a_body_of_an_unknown_kind_is_refused(client):
    answer = client.post("/forgot-password", data=b"email=a", content_type="text/plain")
    assert answer.status_code == 415
    assert "X-Content-Type-Options" in answer.headers
