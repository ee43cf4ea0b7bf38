from tests.api.conftest import Server


def test_a_live_server_is_ready_when_its_database_is_migrated(server: Server) -> None:
    with server.client() as client:
        assert client.get("/health/live").json() == {"status": "ok"}
        assert client.get("/health/ready").json() == {"status": "ok"}


def test_an_unknown_address_is_a_problem_with_a_chinese_title(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "未找到"
    assert answer.json()["instance"] == answer.headers["x-request-id"]


def test_a_token_in_the_url_is_refused(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/health/live", params={"token": "secret-canary"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/token-in-url")
    assert "canary" not in answer.text
