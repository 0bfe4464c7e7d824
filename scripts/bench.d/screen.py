"""The booth's screen beside a Chromium kiosk showing the same six tiles: start, memory, idle, breathing.

Both run on the same Xvfb display at 1080 x 1920, both drawn by the processor. CPU is user and system time
of the whole process tree over wall time, in per cent of one core; memory is PSS of the tree.
"""

import http.server
import mmap
import os
import pathlib
import shutil
import signal
import statistics
import struct
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench" / "screen"
KIOSK = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "dist" / "xinting-kiosk"
DISPLAY = ":93"
TICKS = os.sysconf("SC_CLK_TCK")
STARTS = 7
ENV = dict(os.environ, DISPLAY=DISPLAY, LANG="zh_CN.UTF-8")

TILES = """<!doctype html><meta charset=utf-8><style>
body{margin:0;background:#FBF7F0;font:700 64px 'Noto Sans CJK SC'}
main{display:grid;grid-template-columns:1fr 1fr;gap:32px;padding:56px;padding-top:784px}
div{height:272px;border-radius:40px;padding:36px;box-sizing:border-box}
#c{position:absolute;left:340px;top:200px;width:400px;height:400px;border-radius:50%;background:#A9CDBB;padding:0}
@keyframes b{from{transform:scale(.62)}40%{transform:scale(1)}to{transform:scale(.62)}}
.breathe{animation:b 10s infinite ease-in-out}
</style>CIRCLE<main>
<div style=background:#F5D88F>测一测</div><div style=background:#B4D3E2>学一学</div>
<div style=background:#A9CDBB>静一静</div><div style=background:#F3BF98>聊一聊</div>
<div style="background:#5F4560;color:#fff">看一看</div><div style="background:#28574B;color:#fff">找老师</div>
</main>"""

# Where and which colour shows that the whole first screen stands: inside the help button, inside the first tile.
OUR_PIXEL = (230, 1790, (0xE9, 0xA8, 0x78))
TILE_PIXEL = (200, 800, (0xF5, 0xD8, 0x8F))


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        circle = '<div id=c class=breathe></div>' if self.path == "/breathe" else ""
        body = TILES.replace("CIRCLE", circle).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def tree(pid):
    """The process and all its descendants."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


def ticks(pid):
    total = 0
    for one in tree(pid):
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total


def cpu_percent(pid, seconds):
    before, began = ticks(pid), time.monotonic()
    time.sleep(seconds)
    return (ticks(pid) - before) / TICKS / (time.monotonic() - began) * 100


def pss_mb(pid):
    total = 0
    for one in tree(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


class Screen:
    """What the display shows, read from Xvfb's own memory: neither side is asked whether it has drawn."""

    def __init__(self):
        with open(WORK / "Xvfb_screen0", "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        words = struct.unpack(">25I", self.memory[:100])
        self.start, self.line = words[0] + words[19] * 12, words[12]

    def wait(self, pixel, began, process):
        x, y, (red, green, blue) = pixel
        at = self.start + y * self.line + x * 4
        while self.memory[at:at + 3] != bytes((blue, green, red)):
            if process.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit("nothing was drawn")
            time.sleep(0.001)
        return (time.monotonic() - began) * 1000

    def wait_gone(self, pixel):
        x, y, (red, green, blue) = pixel
        at = self.start + y * self.line + x * 4
        while self.memory[at:at + 3] == bytes((blue, green, red)):
            time.sleep(0.01)


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kiosk_start(screen):
    """Starts the booth; returns it and the milliseconds until its first screen stands."""
    screen.wait_gone(OUR_PIXEL)
    began = time.monotonic()
    process = subprocess.Popen([KIOSK, "--root", WORK / "booth"], env=ENV, cwd=ROOT, stderr=subprocess.DEVNULL)
    return process, screen.wait(OUR_PIXEL, began, process)


def chromium_start(screen, url):
    screen.wait_gone(TILE_PIXEL)
    began = time.monotonic()
    process = subprocess.Popen(
        ["chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--window-size=1080,1920", f"--user-data-dir={WORK / 'chromium'}", url],
        env=ENV, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return process, screen.wait(TILE_PIXEL, began, process)


def touch(x, y):
    subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], env=ENV, check=True)
    time.sleep(1.5)


def picture(name):
    """Keeps what the display shows, for eyes: whether the touches led where they should."""
    subprocess.run(["xwd", "-root", "-silent", "-out", WORK / f"{name}.xwd"], env=ENV, check=True)


def measure_kiosk(screen):
    first, _ = kiosk_start(screen)
    time.sleep(2)
    stop(first)
    starts = []
    for _ in range(STARTS):
        process, drawn = kiosk_start(screen)
        starts.append(drawn)
        stop(process)
    process, _ = kiosk_start(screen)
    time.sleep(5)
    figures = {"start ms": statistics.median(starts)}
    figures["attract idle %"], figures["attract MB"] = cpu_percent(process.pid, 20), pss_mb(process.pid)
    touch(540, 1000)
    time.sleep(3)
    figures["home idle %"], figures["home MB"] = cpu_percent(process.pid, 15), pss_mb(process.pid)
    touch(300, 1340)   # 静一静
    touch(540, 900)    # the first practice
    time.sleep(12)
    figures["breathing %"], figures["breathing MB"] = cpu_percent(process.pid, 20), pss_mb(process.pid)
    picture("breathing")
    touch(119, 1361)   # 减弱动效
    time.sleep(3)
    figures["still %"], figures["still MB"] = cpu_percent(process.pid, 20), pss_mb(process.pid)
    picture("still")
    stop(process)
    return figures


def measure_chromium(screen, base):
    first, _ = chromium_start(screen, base + "/")
    time.sleep(3)
    stop(first)
    starts = []
    for _ in range(STARTS):
        process, painted = chromium_start(screen, base + "/")
        starts.append(painted)
        stop(process)
    figures = {"start ms": statistics.median(starts)}
    process, _ = chromium_start(screen, base + "/")
    time.sleep(5)
    figures["idle %"], figures["MB"] = cpu_percent(process.pid, 20), pss_mb(process.pid)
    stop(process)
    process, _ = chromium_start(screen, base + "/breathe")
    time.sleep(5)
    figures["breathing %"], figures["breathing MB"] = cpu_percent(process.pid, 20), pss_mb(process.pid)
    stop(process)
    return figures


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "booth/etc/xinting").mkdir(parents=True)
    (WORK / "booth/etc/xinting/kiosk.toml").write_text('[audio]\nhost = "none"\n')
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    server_x = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", "1080x1920x24", "-fbdir", str(WORK)], stderr=subprocess.DEVNULL)
    time.sleep(1)
    before = os.getloadavg()[0]
    try:
        screen = Screen()
        ours, theirs = measure_kiosk(screen), measure_chromium(screen, base)
    finally:
        stop(server_x)
    rows = [
        ("start to first drawn screen, ms (median of %d, warm)" % STARTS, "start ms", "start ms", 250),
        ("attract, CPU % of a core", "attract idle %", "idle %", 1),
        ("attract, PSS MB", "attract MB", "MB", 60),
        ("home, CPU % of a core", "home idle %", "idle %", 1),
        ("home, PSS MB", "home MB", "MB", 60),
        ("breathing, CPU % of a core", "breathing %", "breathing %", 10),
        ("breathing, PSS MB", "breathing MB", "breathing MB", None),
        ("breathing with reduced motion, CPU % of a core", "still %", None, None),
        ("breathing with reduced motion, PSS MB", "still MB", None, None),
    ]
    lines = ["| measured | booth | Chromium, six tiles | ratio | aim |", "|---|---|---|---|---|"]
    for words, mine, other, aim in rows:
        beside = f"{theirs[other]:.1f}" if other else ""
        ratio = f"{ours[mine] / theirs[other]:.2f}" if other and theirs[other] else ""
        lines.append(f"| {words} | {ours[mine]:.1f} | {beside} | {ratio} | {'≤ %s' % aim if aim else ''} |")
    lines += ["", f"load before and after: {before:.1f} and {os.getloadavg()[0]:.1f}"]
    table = "\n".join(lines)
    (WORK / "result.md").write_text(table + "\n")
    print(table)


main()
