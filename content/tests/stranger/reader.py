"""Reads packs, key lists and configurations, written from FORMAT.md alone: the layout and the hashes here, the signatures
by the stock minisign program. It shares nothing with the booth's own reader. Not here: which publisher may publish what.

    reader.py FILE PUBLIC-KEY-FILE...

Prints what the file holds as JSON; on the first thing that is wrong says so on stderr and ends with status 1.
"""

import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

DOCUMENTS = {"manifest.json": "pack", "keys.json": "keys", "kiosk.toml": "config"}
MIB = 1 << 20


def must(holds, what):
    if not holds:
        raise ValueError(what)


def fields(name, method, crc, stored, size):
    """The 26 bytes that a local header and a directory entry share."""
    return struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, stored, size, len(name), 0)


class Layout:
    """Takes members from the front, each against the header that it must have."""

    def __init__(self, data):
        self.data, self.at, self.directory, self.count = data, 0, b"", 0

    def next_name(self):
        header = self.data[self.at : self.at + 30]
        if header[:4] != b"PK\x03\x04" or len(header) < 30:
            return None
        length = struct.unpack_from("<H", header, 26)[0]
        return self.data[self.at + 30 : self.at + 30 + length].decode("latin-1")

    def take(self, name, method, crc, stored, size):
        common = fields(name, method, crc, stored, size)
        header = b"PK\x03\x04" + common + name.encode()
        begin = self.at + len(header)
        must(self.data[self.at : begin] == header, f"the header of {name}")
        must(begin + stored <= len(self.data), f"{name} is cut off")
        place = struct.pack("<I", self.at)
        self.directory += b"PK\x01\x02\x14\0" + common + bytes(10) + place + name.encode()
        self.at, self.count = begin + stored, self.count + 1
        return self.data[begin : self.at]

    def stored(self, name, most):
        size, begin = struct.unpack_from("<I", self.data, self.at + 18)[0], self.at + 30 + len(name)
        must(size <= most, f"{name} is too large")
        return self.take(name, 0, zlib.crc32(self.data[begin : begin + size]), size, size)

    def end(self):
        end = b"PK\x05\x06" + bytes(4) + struct.pack("<HH", self.count, self.count)
        end += struct.pack("<II", len(self.directory), self.at) + bytes(2)
        must(self.data[self.at :] == self.directory + end, "the directory, or bytes after it")


def comment_of(text):
    """The trusted comment of a signature, which must be in its one spelling; and its key's id."""
    lines = text.decode().split("\n")
    first = "untrusted comment: signature of a xinting pack"
    must(len(lines) == 5 and (lines[0], lines[4]) == (first, ""), "the lines of a signature")
    for line, size in ((lines[1], 74), (lines[3], 64)):
        raw = base64.b64decode(line, validate=True)
        must(len(raw) == size and base64.b64encode(raw).decode() == line, "a signature's base64")
    raw = base64.b64decode(lines[1])
    must(raw[:2] == b"ED" and lines[2].startswith("trusted comment: "), "a signature's form")
    return lines[2][17:], f"{int.from_bytes(raw[2:10], 'little'):016X}"


def verify(document, text, keys):
    with tempfile.TemporaryDirectory() as folder:
        message, signature = Path(folder, "document"), Path(folder, "document.minisig")
        message.write_bytes(document)
        signature.write_bytes(text)
        calls = [["minisign", "-Vqm", message, "-x", signature, "-p", key] for key in keys]
        good = any(subprocess.run(call, capture_output=True).returncode == 0 for call in calls)
    must(good, "a signature is by none of the keys, or does not fit")


def once(pairs):
    must(len({key for key, _ in pairs}) == len(pairs), "a key of the JSON is repeated")
    return dict(pairs)


def unpacked(data, size, path):
    inflating = zlib.decompressobj(-15)
    plain = inflating.decompress(data, size + 1)
    must(inflating.eof and not inflating.unused_data, f"{path} does not end with its bytes")
    return plain


def files_of(manifest, layout):
    paths = [entry["path"] for entry in manifest["files"]]
    alike = len({path.lower() for path in paths}) < len(paths)
    must(paths == sorted(paths, key=str.encode) and not alike, "the order of the files")
    found = []
    for entry in manifest["files"]:
        path, stored, size = entry["path"], entry["stored_size"], entry["size"]
        must(re.fullmatch(r"((^|/)[\w-][\w.-]*)+", path, re.A) and len(path) <= 160, f"the path {path}")
        deflated = path.endswith((".toml", ".md", ".vtt"))
        must(entry["method"] == ("deflated" if deflated else "stored"), f"the method of {path}")
        data = layout.take(path, 8 if deflated else 0, int(entry["crc32"], 16), stored, size)
        must(hashlib.sha256(data).hexdigest() == entry["sha256"], f"{path} is not what was signed")
        must(size <= 8 * MIB if deflated else size == stored, f"the size of {path}")
        gain = entry.get("gain_db")
        sound = isinstance(gain, (int, float)) and -60 <= gain <= 0 if path.startswith("sounds/") else "gain_db" not in entry
        must(sound, f"the gain of {path}")
        plain = unpacked(data, size, path) if deflated else data
        crc = f"{zlib.crc32(plain):08x}"
        must(len(plain) == size and crc == entry["crc32"], f"{path} does not unpack")
        found.append({"path": path, "size": size, "sha256": entry["sha256"]})
    return found


def read(data, keys):
    layout = Layout(data)
    name = layout.next_name()
    must(name in DOCUMENTS, "no signed file of ours")
    document, texts = layout.stored(name, MIB), []
    while (layout.next_name() or "").endswith(".minisig"):
        number = "" if not texts else f".{len(texts) + 1}"
        texts.append(layout.stored(f"{name}{number}.minisig", 1024))
    must(1 <= len(texts) <= 16, "there is no signature, or too many")
    for text in texts:
        verify(document, text, keys)
    comments, signers = zip(*map(comment_of, texts))
    comment, told = f"{DOCUMENTS[name]} ", {"document": name, "sha256": hashlib.sha256(document).hexdigest()}
    if name != "kiosk.toml":
        body = json.loads(document, object_pairs_hook=once)
        domain = "xinting-pack-manifest" if name == "manifest.json" else "xinting-key-list"
        must(list(body)[0] == "domain" and (body["domain"], body["format"]) == (domain, 1), "the domain")
        comment += f"{body['id' if name == 'manifest.json' else 'issuer']} version {body['version']}"
        if name == "manifest.json":
            told["files"] = files_of(body, layout)
        else:
            told["publishers"] = [publisher["id"] for publisher in body["publishers"]]
    exact = all(found == comments[0] and found.startswith(comment) for found in comments)
    must(exact and (name == "kiosk.toml" or comments[0] == comment), "a signature is for something else")
    layout.end()
    return told | {"comment": comments[0], "signers": signers}


if __name__ == "__main__":
    try:
        print(json.dumps(read(Path(sys.argv[1]).read_bytes(), sys.argv[2:]), ensure_ascii=False))
    except (OSError, ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error) as error:
        sys.exit(f"refused: {error}")
