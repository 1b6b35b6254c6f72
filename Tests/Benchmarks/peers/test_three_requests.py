"""The same three requests with the same checks, for pytest with requests: each scenario is a test."""
import os

import pytest
import requests

BASE = os.environ["BENCH_URL"]
KEY = os.environ["CONFORM_MANAGER_KEY"]


@pytest.fixture(scope="session")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize("number", range(1, int(os.environ["BENCH_SCENARIOS"]) + 1))
def test_payload(session, number):
    made = session.post(f"{BASE}/connectors/orders/clients", json={"name": "bench"}, headers={"Authorization": f"Bearer {KEY}"})
    assert made.status_code == 201
    client = made.json()
    assert isinstance(client["client_id"], str) and isinstance(client["client_secret"], str)
    issued = session.post(f"{BASE}/connectors/orders/oauth/token", data={"grant_type": "client_credentials"}, auth=(client["client_id"], client["client_secret"]))
    assert issued.status_code == 200 and "no-store" in issued.headers["Cache-Control"]
    token = issued.json()
    assert isinstance(token["access_token"], str) and token["expires_in"] == 86400
    posted = session.post(
        f"{BASE}/v1/acme/orders",
        json={"id": f"bench-{number}", "lines": [{"sku": "A-1", "quantity": 1}]},
        headers={"Authorization": f"Bearer {token['access_token']}"},
    )
    assert posted.status_code == 201 and isinstance(posted.json()["id"], str)
