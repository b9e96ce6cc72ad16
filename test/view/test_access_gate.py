# SPDX-License-Identifier: Apache-2.0
"""Who gets through the door of the browser view."""

from __future__ import annotations

import http.client
import http.server
import threading

import pytest

from humanoid_control.view.access_gate import AccessGate
from humanoid_control.view.errors import ViewError

TOKEN = 'Xk3-9fj2_a'


class Page(http.server.BaseHTTPRequestHandler):
    """Stands for the page's own server."""

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope='module')
def page():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address
    server.shutdown()
    server.server_close()


@pytest.fixture
def local(page):
    gate = AccessGate('127.0.0.1', 0, page, None)
    yield gate
    gate.close()


@pytest.fixture
def guarded(page):
    gate = AccessGate('127.0.0.1', 0, page, TOKEN)
    yield gate
    gate.close()


def get(gate: AccessGate, path: str = '/', method: str = 'GET', **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(gate.host, gate.port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    response.text = response.read().decode()
    connection.close()
    return response


def test_a_local_browser_passes_without_token(local):
    response = get(local, '/assets/x.js')
    assert (response.status, response.text) == (200, '/assets/x.js')


def test_a_page_of_another_site_is_refused(local):
    assert get(local, Origin='http://evil.example').status == 403
    assert get(local, Origin=f'http://127.0.0.1:{local.port}').status == 200


def test_a_foreign_host_name_is_refused(local):
    assert get(local, Host='evil.example').status == 403
    assert get(local, Host=f'localhost:{local.port}').status == 200


def test_without_or_with_a_wrong_token_nothing_is_shown(guarded):
    for path, headers in (
        ('/', {}),
        ('/?token=', {}),
        ('/?token=Xk3-9fj2_b', {}),
        ('/', {'Cookie': f'view_{guarded.port}=no'}),
    ):
        response = get(guarded, path, **headers)
        assert response.status == 401 and 'token' in response.text


def test_the_token_is_changed_into_a_cookie_that_opens_the_page(guarded):
    response = get(guarded, f'/?token={TOKEN}')
    assert (response.status, response.headers['Location']) == (303, '/')
    cookie = response.headers['Set-Cookie']
    assert 'HttpOnly' in cookie and 'SameSite' in cookie
    assert get(guarded, Cookie=f'theme=dark; {cookie.split(";")[0]}').status == 200


def test_other_methods_and_garbage_are_refused(local):
    assert get(local, method='POST').status == 400
    assert local.judge(b'\x16\x03\x01\r\n\r\n').startswith(b'HTTP/1.1 400')


def test_a_network_address_without_token_is_an_error(page):
    with pytest.raises(ViewError, match='token is required'):
        AccessGate('0.0.0.0', 0, page, None)


def test_a_taken_port_is_an_error_that_names_the_way_out(local, page):
    with pytest.raises(ViewError, match=f'port {local.port}.*parameter port'):
        AccessGate('127.0.0.1', local.port, page, None)
