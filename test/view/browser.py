# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven through its DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from websockets.sync.client import connect

PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
# swiftshader draws WebGL without a GPU
FLAGS = (
    '--headless=new',
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--no-first-run',
    '--disable-dev-shm-usage',
    '--hide-scrollbars',
    '--remote-debugging-port=0',
)


class Browser:
    """One page in one Chromium with a profile of its own.

    Attributes:
        released: steady time [s] at which the mouse's button was last let go, which is when a click counts.
    """

    def __init__(self, profile: Path, size: tuple[int, int] = (1000, 640)):
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            raise RuntimeError('no Chromium: sudo apt-get install --no-install-recommends chromium fonts-dejavu-core')
        self._process = subprocess.Popen(
            [program, *FLAGS, f'--user-data-dir={profile}', f'--window-size={size[0]},{size[1]}', 'about:blank'],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = profile / 'DevToolsActivePort'
        wait_for(
            lambda: port_file.is_file() and port_file.read_text().count('\n') > 0, 30, 'a debugging port of Chromium'
        )
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f'http://127.0.0.1:{port}/json/list', timeout=10) as answer:
            target = next(t for t in json.load(answer) if t['type'] == 'page')
        self._socket = connect(target['webSocketDebuggerUrl'], max_size=None, open_timeout=20)
        self._numbers = itertools.count(1)
        self.released = 0.0
        self._call('Page.enable')

    def open(self, address: str) -> None:
        """Go to a page."""
        self._call('Page.navigate', url=address)

    def text(self) -> str:
        """All words that can be seen."""
        return self.evaluate('document.body ? document.body.innerText : ""') or ''

    def click(self, label: str) -> None:
        """Press the button or tab with this label, with the mouse."""
        place = self.evaluate(f"""(() => {{ const b = [...document.querySelectorAll("button, [role=tab]")].find(
            x => x.innerText.trim() === {json.dumps(label)}); if (!b) return null; b.scrollIntoView();
            const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()""")
        if place is None:
            raise AssertionError(f'no button {label!r} on the page; it says: {self.text()[:400]}')
        for kind in ('mousePressed', 'mouseReleased'):
            self.released = time.monotonic()
            self._call('Input.dispatchMouseEvent', type=kind, x=place[0], y=place[1], button='left', clickCount=1)

    def evaluate(self, script: str) -> object:
        """Value of a JavaScript expression."""
        return self._call('Runtime.evaluate', expression=script, returnByValue=True)['result'].get('value')

    def screenshot(self) -> np.ndarray:
        """Picture (height, width, 3) in blue, green, red."""
        png = base64.b64decode(self._call('Page.captureScreenshot', format='png')['data'])
        return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)

    def close(self) -> None:
        """End the browser."""
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _call(self, method: str, **parameters: object) -> dict:
        number = next(self._numbers)
        self._socket.send(json.dumps({'id': number, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get('id') == number:
                if 'error' in message:
                    raise RuntimeError(f'{method}: {message["error"]}')
                return message['result']


def wait_for(condition: Callable[[], object], timeout: float, what: str) -> None:
    """Return as soon as the condition holds; AssertionError naming `what` after `timeout` [s]."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'waited {timeout:g} s for {what}')
        time.sleep(0.05)
