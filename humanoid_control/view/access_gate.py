# SPDX-License-Identifier: Apache-2.0
"""The door of the browser view: who may come in, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import http
import threading
from urllib.parse import parse_qs, urlsplit

from humanoid_control.view.errors import ViewError

LOCAL_HOSTS = ('127.0.0.1', 'localhost', '::1')
HEAD_LIMIT = 16_384  # [bytes] of a request's head
HEAD_TIMEOUT = 10.0  # [s] for a request's head to come
CHUNK = 65_536  # [bytes]


class AccessGate:
    """Forwards connections to the page's own server, which listens on this computer only, after a look at them.

    With a token a browser has to bring it once as `?token=...` and gets a cookie for it. In any case pages of other
    sites may not reach in: a connection opened by another page is refused by its Origin, and without a token a
    foreign host name (DNS rebinding) by its Host.

    Attributes:
        host, port: where it listens; the port is the true one when 0 was asked for.
    """

    def __init__(self, host: str, port: int, target: tuple[str, int], token: str | None):
        """Listen in a thread of its own.

        Args:
            target: address and port of the page's server.
            token: what a browser has to bring; None: nothing, for local addresses only.

        Raises ViewError when the address is open to a network without a token, or cannot be listened on.
        """
        if token is None and host not in LOCAL_HOSTS:
            raise ViewError(f'view: host {host!r} is open to a network: a token is required')
        self.host, self.port = host, port
        self._target = target
        self._token = token
        self._tasks: set[asyncio.Task] = set()
        self._loop = asyncio.new_event_loop()
        try:
            self._server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, host, port, limit=HEAD_LIMIT)
            )
        except OSError as error:
            self._loop.close()
            raise ViewError(
                f'view: cannot listen on {host} port {port}: {error.strerror or error}; '
                'choose another with the parameter port'
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name='access_gate', daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all connections and stop listening."""
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(timeout=5.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5.0)
        self._loop.close()

    async def _shut(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the browser has gone or never spoke HTTP: nobody to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b'\r\n\r\n'), HEAD_TIMEOUT)
        reply = self.judge(head)
        if reply is not None:
            writer.write(reply)
            await writer.drain()
            return
        to_reader, to_writer = await asyncio.open_connection(*self._target)
        to_writer.write(head)
        try:
            ways = [asyncio.create_task(_pump(reader, to_writer)), asyncio.create_task(_pump(to_reader, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            to_writer.close()

    def judge(self, head: bytes) -> bytes | None:
        """Answer to a request that may not pass or has to come back with its cookie; None to let it through."""
        line, _, rest = head.decode('latin-1').partition('\r\n')
        words = line.split(' ')
        if len(words) != 3 or words[0] != 'GET':
            return _response(http.HTTPStatus.BAD_REQUEST, 'Only GET is served here.')
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (field.partition(':') for field in rest.split('\r\n') if field)
        }
        own = headers.get('host', '')
        if self._token is None and urlsplit(f'//{own}').hostname not in LOCAL_HOSTS:
            return _response(http.HTTPStatus.FORBIDDEN, 'Open this page as http://localhost with its port.')
        origin = headers.get('origin')
        if origin is not None and urlsplit(origin).netloc != own:
            return _response(http.HTTPStatus.FORBIDDEN, 'Pages of other sites may not reach the robot.')
        if self._token is None:
            return None
        return self._judge_token(words[1], headers.get('cookie', ''))

    def _judge_token(self, path: str, cookies: str) -> bytes | None:
        brought = dict(pair.strip().partition('=')[::2] for pair in cookies.split(';'))
        if _same(brought.get(self._cookie, ''), self._token):
            return None
        offered = parse_qs(urlsplit(path).query).get('token', [''])[0]
        if _same(offered, self._token):
            return _response(
                http.HTTPStatus.SEE_OTHER,
                '',
                f'Location: {urlsplit(path).path or "/"}',
                f'Set-Cookie: {self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Lax',
            )
        return _response(
            http.HTTPStatus.UNAUTHORIZED,
            "This page needs a token: open the address that the robot's terminal shows, with ?token= at its end.",
        )

    @property
    def _cookie(self) -> str:
        return f'view_{self.port}'


def _same(offered: str, token: str) -> bool:
    """Comparison whose duration tells nothing about the token."""
    return hmac.compare_digest(offered.encode(), token.encode())


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


def _response(status: http.HTTPStatus, text: str, *headers: str) -> bytes:
    body = text.encode()
    lines = (
        f'HTTP/1.1 {status.value} {status.phrase}',
        'Content-Type: text/plain; charset=utf-8',
        f'Content-Length: {len(body)}',
        'Connection: close',
        'Cache-Control: no-store',
        *headers,
    )
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body
