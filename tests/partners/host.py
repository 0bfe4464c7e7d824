"""Puts one fake modem of python-gsmmodem-new behind a pty, and plays the far end for it.

The fakes were written for somebody else's driver. They answer commands and know what their module says when a call
moves on, but they never say it by themselves; so this program dials out for them: after ATD it plays what comes before
ringing, and on a word on the standard input it plays the answer or the far end hanging up, each in the fake's own words
and never in ours. Nothing leaves the pty.

    host.py SDIST --list              the names of the fake modems, one a line
    host.py SDIST NAME LINK           be that one; LINK points at its port until the standard input ends

Words on the standard input: `answer`, `remote-end`, `reject` (the far end hangs up before answering), `let-go on`
(from now on the fake forgets its call when a hang-up command is heard), `let-go off` (it answers OK and keeps it, as it
was written).

On the standard output, a line each: `port LINK`, `heard COMMAND` (every command, as it came over the pty), `rang` (all
that comes before an answer has been said), `said COUNT` (lines of the fake's own after a word from the input).

The package is read from the archive and never unpacked. Nothing of it is copied here.
"""

import inspect
import os
import select
import signal
import sys
import tarfile
import termios
import time
import tty

# A call's number in the module, and 0 for voice: what the package's own tests pass.
CALL, VOICE = "1", "0"
HANG_UP = ("AT+CHUP", "ATH", "AT+CHLD=", "AT+CFUN=4", "AT+CFUN=0")


def tell(text):
    print(text, flush=True)


def fakes(sdist):
    """Every fake modem in the archive, by name."""
    with tarfile.open(sdist) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("/test/fakemodems.py"))
        source = archive.extractfile(member).read()
    names = {"__name__": "fakemodems"}
    exec(compile(source, "fakemodems.py", "exec"), names)
    base = names["FakeModem"]
    return {
        name: value
        for name, value in names.items()
        if inspect.isclass(value) and issubclass(value, base) and value is not base
    }


class Host:
    def __init__(self, fake, link):
        self.fake = fake
        self.link = link
        self.held = b""
        self.words = b""
        self.let_go = False
        self.master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.target = os.ttyname(slave)
        # The near end is not kept open: a driver's claim on the port must end when the driver closes it.
        os.close(slave)
        os.symlink(self.target, link)

    def write(self, sequence):
        """Says what the fake says: texts, and pauses in seconds between them."""
        for part in sequence:
            if isinstance(part, (int, float)):
                time.sleep(part)
                continue
            left = part.encode()
            while left:
                try:
                    left = left[os.write(self.master, left) :]
                except OSError:
                    return  # Nobody listens.

    def hear(self, command):
        tell("heard " + command)
        if command.startswith("ATD") and command.endswith(";"):
            self.write(self.fake.getAtdResponse(command[3:-1]))
            self.write(self.fake.getPreCallInitWaitSequence())
            self.write(self.fake.getCallInitNotification(CALL, VOICE))
            tell("rang")
            return
        if self.let_go and command.startswith(HANG_UP):
            # Its notice is for the far end hanging up; only what it does to the fake's own list is wanted here.
            self.fake.getRemoteHangupNotification(CALL, VOICE)
        self.write(self.fake.getResponse(command + "\r"))

    def obey(self, word):
        play = {
            "answer": self.fake.getRemoteAnsweredNotification,
            "remote-end": self.fake.getRemoteHangupNotification,
            "reject": self.fake.getRemoteRejectCallNotification,
        }
        if word in play:
            sequence = play[word](CALL, VOICE)
            self.write(sequence)
            tell("said %d" % len(sequence))
        elif word in ("let-go on", "let-go off"):
            self.let_go = word.endswith("on")
        else:
            sys.exit("host: unknown word: " + word)

    def run(self):
        tell("port " + self.link)
        while True:
            readable, _, _ = select.select([self.master, sys.stdin], [], [], 1.0)
            if sys.stdin in readable:
                more = os.read(sys.stdin.fileno(), 4096)
                if not more:
                    return
                self.words += more
                while b"\n" in self.words:
                    word, self.words = self.words.split(b"\n", 1)
                    self.obey(word.decode().strip())
            if self.master in readable:
                try:
                    self.held += os.read(self.master, 4096)
                except OSError:
                    # No driver has the port open; it is always "readable" then.
                    self.held = b""
                    time.sleep(0.02)
                while b"\r" in self.held:
                    command, self.held = self.held.split(b"\r", 1)
                    self.hear(command.decode("ascii", "backslashreplace").strip())


def main():
    if len(sys.argv) == 3 and sys.argv[2] == "--list":
        for name in sorted(fakes(sys.argv[1])):
            print(name)
        return
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    _, sdist, name, link = sys.argv
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host = Host(fakes(sdist)[name](), link)
    try:
        host.run()
    finally:
        os.unlink(link)


main()
