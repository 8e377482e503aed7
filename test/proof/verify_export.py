#!/usr/bin/env python3
"""Verifies an export of a Connections log by docs/proof-format.md alone, with nothing but Python's standard library.

    python3 verify_export.py <file> --key <key or file of keys> [--key …]

Prints one JSON document: {"whole": true, "events": n} or {"whole": false, "line": n, "why": "…"}.
Exit codes: 0 whole, 1 not, 2 called wrongly.
"""

import base64
import csv
import hashlib
import io
import json
import re
import sys

TILE = 256
LONGEST_LINE = 2**20


class NotWhole(Exception):
    pass


def require(condition, why):
    if not condition:
        raise NotWhole(why)


# --- Ed25519 (RFC 8032, section 5.1) -----------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def point_add(one, two):
    """Points as (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(factor, point):
    result = (0, 1, 1, 0)
    while factor > 0:
        if factor & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        factor >>= 1
    return result


def x_of(y, sign):
    """None where there is no such point on the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    return P - x if x % 2 != sign else x


def point_from(encoded):
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def encoded(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_from((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signature(public_key, message, signature):
    key = point_from(public_key)
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    minus_key = (P - key[0], key[1], key[2], P - key[3])
    return encoded(point_add(point_times(s, BASE), point_times(k, minus_key))) == signature[:32]


# --- Spelling ----------------------------------------------------------------------------------------------------


def json_text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_base64(text, length):
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotWhole(f"{text!r} is no base64.")
    require(base64.b64encode(value).decode() == text and len(value) == length, f"{text!r} is not written as it has to be.")
    return value


def hashes_from(texts):
    require(isinstance(texts, list) and all(isinstance(text, str) for text in texts), "Hashes are missing.")
    return [from_base64(text, 32) for text in texts]


# --- The tree ----------------------------------------------------------------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node(left, right):
    return sha256(b"\x01", left, right)


def split(begin, end):
    half = 1
    while half * 2 < end - begin:
        half *= 2
    return begin + half


def root_over(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(0, len(leaves))
    return node(root_over(leaves[:middle]), root_over(leaves[middle:]))


def root_by_proof(value, begin, end, size, proof):
    sides, low, high = [], 0, size
    while (low, high) != (begin, end):
        require(high - low > 1, "A proof is of no subtree.")
        middle = split(low, high)
        is_left = begin < middle
        sides.append(is_left)
        low, high = (low, middle) if is_left else (middle, high)
    require(len(sides) == len(proof), "A proof has not as many hashes as it has to have.")
    for is_left, sibling in zip(reversed(sides), proof):
        value = node(value, sibling) if is_left else node(sibling, value)
    return value


def is_consistent(old_size, old_root, new_size, new_root, proof):
    if old_size > new_size:
        return False
    if old_size in (0, new_size):
        expected = sha256() if old_size == 0 < new_size else new_root
        return not proof and old_root == expected
    noted, low, high = [], 0, new_size
    while high != old_size:
        middle = split(low, high)
        if old_size <= middle:
            noted.append((middle, high))
            high = middle
        else:
            noted.append((low, middle))
            low = middle
    if low != 0:
        noted.append((low, high))
    if len(noted) != len(proof):
        return False
    steps = list(zip(reversed(noted), proof))
    old = new = old_root
    if any(begin < old_size for begin, _ in noted):
        old = new = steps.pop(0)[1]
    for (begin, _), value in steps:
        if begin >= old_size:
            new = node(new, value)
        else:
            old, new = node(value, old), node(value, new)
    return old == old_root and new == new_root


# --- Notes, keys and checkpoints ---------------------------------------------------------------------------------


def key_from(line):
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", line)
    require(match, f"{line!r} is no key.")
    name, key_id, value = match.groups()
    value = from_base64(value, 33)
    own_id = hashlib.sha256(name.encode() + b"\n" + value).hexdigest()[:8]
    require(value[0] == 1 and own_id == key_id, f"The key {line!r} is not what its id says.")
    return {"name": name, "id": key_id, "public": value[1:]}


def note_from(note):
    require(isinstance(note, str) and "\n\n" in note and note.endswith("\n"), "A note is missing.")
    text, _, lines = note.rpartition("\n\n")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
        require(match, f"{line!r} is no signature.")
        value = from_base64(match[2], 68)
        signatures.append((match[1], value[:4].hex(), value[4:]))
    return text + "\n", signatures


def signers_of(text, signatures, keys):
    """The keys among these that have signed, in the order of the signatures."""
    signers = []
    for name, key_id, signature in signatures:
        for key in keys:
            if (key["name"], key["id"]) == (name, key_id):
                require(is_signature(key["public"], text.encode(), signature), f"{name}+{key_id} has not signed this.")
                signers.append(key)
                break
    return signers


def checkpoint_from(note, keys):
    text, signatures = note_from(note)
    lines = text.split("\n")
    require(len(lines) == 5 and lines[0] != "" and lines[4] == "", "A checkpoint is no checkpoint.")
    require(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]), "A checkpoint has no size.")
    require(lines[3].startswith("signed-at ") and lines[3] != "signed-at ", "A checkpoint has no time.")
    root = from_base64(lines[2], 32)
    require(lines[1] != "0" or root == sha256(), "A checkpoint of no events has another root than that of no events.")
    signers = signers_of(text, signatures, keys)
    require(any(key["name"] == lines[0] for key in signers), "No key that is known has signed the checkpoint.")
    return {"origin": lines[0], "size": int(lines[1]), "root": root, "time": lines[3][len("signed-at ") :]}


# --- Events ------------------------------------------------------------------------------------------------------

LIFECYCLE = {
    "ConnectionCreated": ((None,), "pending"),
    "ConnectionActivated": (("pending",), "active"),
    "ConnectionDeactivated": (("pending", "active"), "inactive"),
    "ConnectionReturnedToPending": (("inactive",), "pending"),
}
VERSIONS = {
    "ConnectionCreated": 2,
    "ConnectionActivated": 1,
    "ConnectionDeactivated": 2,
    "ConnectionReturnedToPending": 2,
    "ConnectionTextRedacted": 1,
}
STATUSES = ("pending", "active", "inactive")
REDACTION = "ConnectionTextRedacted"
TEXT_MEMBER = {
    "ConnectionCreated": "name",
    "ConnectionDeactivated": "reason",
    "ConnectionReturnedToPending": "reason",
}
MEANS = {"api-key": "with key", "user": "as user", "system": "as system"}


def status_after(event_type, before):
    if event_type == REDACTION:
        require(before in STATUSES, "A text is redacted of a connection that is not there.")
        return before
    require(event_type in LIFECYCLE, f"{event_type!r} is not known.")
    starts, after = LIFECYCLE[event_type]
    require(before in starts, f"A {event_type} does not find its connection {before}.")
    return after


def sentence_of(event_type, data, actor, names, text, time):
    """The text is None where there is none, and False where it is redacted."""

    def party(organization, role):
        name = names.get(organization)
        return f"{organization if name is None else name} ({role})"

    def written(before):
        if text is None:
            return ""
        return before + ("(redacted)" if text is False else json_text(text))

    if event_type == "ConnectionCreated":
        scopes = data["scopes"]
        listed = " and ".join(part for part in [", ".join(scopes[:-1]), *scopes[-1:]] if part != "")
        destination = party(data["destination-organization-id"], "destination")
        deed = f"created a connection{written(' named ')} to {destination} for {listed}"
    elif event_type == "ConnectionActivated":
        deed = "activated the connection"
    elif event_type == "ConnectionDeactivated":
        deed = f"deactivated the connection{written(' for the reason ')}"
    elif event_type == "ConnectionReturnedToPending":
        deed = f"returned the connection to pending{written(' for the reason ')}"
    else:
        deed = f"redacted what was written with revision {data['revision']}"
    is_platform = actor["role"] == "platform"
    who = "The operator of the service" if is_platform else party(actor["organization-id"], actor["role"])
    return f"{who} {deed} {MEANS[actor['type']]} {actor['id']} at {time}."


def hash_of(parts):
    before, found, _ = parts["event-metadata"].rpartition(',"hash":"')
    require(found and len(parts["event-metadata"]) - len(before) == 75, "An event carries no hash.")
    carried = parts["event-metadata"][-66:-2]
    lines = ["connections/event/v1", parts["stream"], str(parts["revision"]), parts["type"], parts["event-id"]]
    lines += [parts["event-data"], before + "}"]
    own = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    require(own == carried and parts["event-metadata"].endswith('"}'), "An event is not what its hash says.")
    return own


# --- The two ways to write records -------------------------------------------------------------------------------

CONTENT = '"datacontenttype":"application/json","data":'
MEMBERS = ["stream", "revision", "event-id", "event-data", "event-metadata", "text", "organizations"]
MEMBERS += ["from-status", "to-status", "summary", "leaf-index"]


class Ndjson:
    head = b""

    def framing(self, kind, record_id, origin, time, data):
        line = f'{{"specversion":"1.0","id":{json_text(record_id)},"source":{json_text("urn:connections:" + origin)},'
        line += f'"type":"connections.export.{kind}","time":{json_text(time)},{CONTENT}{json_text(data)}}}\n'
        return line

    def read_framing(self, kind, line):
        record = json.loads(line)
        return record["data"] if record.get("type") == f"connections.export.{kind}" else None

    def event(self, origin, event):
        line = f'{{"specversion":"1.0","id":"{event["id"]}","source":{json_text("urn:connections:" + origin)},'
        line += f'"type":"{event["type"]}","subject":"{event["subject"]}","time":"{event["time"]}",{CONTENT}{{'
        members = []
        for name in MEMBERS:
            value = event[name] if name in ("event-data", "event-metadata") else json_text(event[name])
            members.append(f'"{name}":{value}')
        if event["proof"] is not None:
            members.append(f'"proof":{json_text(event["proof"])}')
        return line + ",".join(members) + "}}\n"

    def read_event(self, line):
        """The stored texts are taken as they stand, not as they would be written again."""
        record = json.loads(line)
        parts = dict(record["data"])
        parts["type"] = record["type"]
        parts.setdefault("proof", None)
        for name in ("event-data", "event-metadata"):
            begin = line.index(f'"{name}":{{') + len(name) + 3
            _, end = json.JSONDecoder().raw_decode(line, begin)
            parts[name] = line[begin:end]
        return parts


COLUMNS = ["record", "id", "source", "type", "subject", "time", "stream", "revision", "event-id", "event-data"]
COLUMNS += ["event-metadata", "text", "organizations", "from-status", "to-status", "summary", "leaf-index", "proof", "data"]
JSON_CELLS = ("text", "organizations", "proof")
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")


class Csv:
    head = (",".join(COLUMNS) + "\r\n").encode()

    def row(self, cells):
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n").writerow([cells.get(name, "") for name in COLUMNS])
        return out.getvalue()

    def cells(self, line):
        rows = list(csv.reader([line], strict=True))
        require(len(rows) == 1 and len(rows[0]) == len(COLUMNS), "A line has not as many cells as there are columns.")
        return dict(zip(COLUMNS, rows[0]))

    def framing(self, kind, record_id, origin, time, data):
        cells = {"record": kind, "id": record_id, "source": "urn:connections:" + origin, "time": time}
        return self.row({**cells, "type": f"connections.export.{kind}", "data": json_text(data)})

    def read_framing(self, kind, line):
        cells = self.cells(line)
        return json.loads(cells["data"]) if cells["record"] == kind else None

    def event(self, origin, event):
        cells = {name: "" if event[name] is None else event[name] for name in COLUMNS if name in event}
        for name in JSON_CELLS:
            cells[name] = "" if event[name] is None else json_text(event[name])
        if event["summary"].startswith(FORMULA):
            cells["summary"] = "'" + event["summary"]
        return self.row({**cells, "record": "event", "source": "urn:connections:" + origin})

    def read_event(self, line):
        parts = self.cells(line)
        require(parts["record"] == "event", "This is no event.")
        for name in (*JSON_CELLS, "revision", "leaf-index"):
            parts[name] = json.loads(parts[name]) if parts[name] != "" else None
        for name in ("from-status", "to-status"):
            parts[name] = parts[name] or None
        return parts


# --- An export ---------------------------------------------------------------------------------------------------


class Export:
    def __init__(self, form, line, keys):
        self.form, self.keys = form, keys
        data = form.read_framing("begun", line)
        require(data is not None and data["form"] == "connections/export/v1", "This is no export.")
        checkpoint = checkpoint_from(data["checkpoint"], keys)
        self.scope, self.origin, self.size = data["scope"], checkpoint["origin"], checkpoint["size"]
        self.root, self.time, self.since = checkpoint["root"], checkpoint["time"], 0
        require(re.fullmatch(r"everything|organization:org_[0-9A-Za-z]{1,64}|connection:cxn_[0-9A-Za-z]{1,64}", self.scope), "No such scope.")
        self.signers = [key_from(key) for key in data["keys"]]
        require(len(set(data["keys"])) == len(data["keys"]), "A key is stated twice.")
        since = data["since"]
        if since is not None:
            older = checkpoint_from(since["checkpoint"], keys)
            self.since = older["size"]
            proof = hashes_from(since["proof"])
            is_older = is_consistent(older["size"], older["root"], self.size, self.root, proof)
            require(is_older and older["origin"] == self.origin, "The log does not begin with the older checkpoint.")
            since = {"checkpoint": since["checkpoint"], "proof": since["proof"]}
        members = {"form": data["form"], "scope": self.scope, "checkpoint": data["checkpoint"]}
        self.same(line, self.framing("begun", "", {**members, "keys": data["keys"], "since": since}))
        self.leaf, self.events, self.tile, self.stands, self.last = self.since, 0, None, {}, None

    def framing(self, kind, more, data):
        return self.form.framing(kind, f"{self.scope}:{self.since}-{self.size}:{kind}{more}", self.origin, self.time, data)

    def same(self, line, expected):
        require(line == expected, f"The line is not what it has to be: {expected.strip()[:300]}")

    def next(self, line):
        if self.scope != "everything":
            return self.event_of_connection(line)
        require(self.leaf < self.size, "There is more than was signed.")
        if self.tile is None or self.leaf % TILE == 0 and self.tile[0] != self.leaf:
            return self.leaves(line)
        return self.event_of_log(line)

    def leaves(self, line):
        begin = self.leaf - self.leaf % TILE
        end = min(begin + TILE, self.size)
        data = self.form.read_framing("leaves", line)
        require(data is not None and data["begin"] == begin, f"The leaves from {begin} on are missing.")
        leaves, proof = hashes_from(data["leaves"]), hashes_from(data["proof"])
        require(len(leaves) == end - begin, f"The leaves from {begin} on are not as many as they are.")
        root = root_by_proof(root_over(leaves), begin, end, self.size, proof)
        require(root == self.root, f"The leaves from {begin} on are not those of the checkpoint.")
        data = {"begin": begin, "leaves": data["leaves"], "proof": data["proof"]}
        self.same(line, self.framing("leaves", f":{begin}", data))
        self.tile, self.stands = (begin, leaves), {}

    def event_of_log(self, line):
        parts = self.form.read_event(line)
        begin, leaves = self.tile
        leaf = sha256(b"\x00", bytes.fromhex(hash_of(parts)))
        require(leaf == leaves[self.leaf - begin], f"This is not the event of leaf {self.leaf}.")
        require(parts["proof"] is None, "An event has a proof of its own.")
        stream = parts["stream"]
        before = self.stands.get(stream)
        self.stands[stream] = self.told(line, parts, self.leaf, before, before is None and parts["revision"] > 0)
        self.leaf += 1

    def event_of_connection(self, line):
        parts = self.form.read_event(line)
        subject, leaf = subject_of(parts), parts["leaf-index"]
        before = self.last if self.last is not None and self.last["subject"] == subject else None
        if before is None:
            kind, _, name = self.scope.partition(":")
            require(kind != "connection" or subject == name, f"{subject} is not the connection of this export.")
            require(self.last is None or self.last["subject"] < subject, f"{subject} is out of its order.")
            require(self.since > 0 or parts["revision"] == 0, f"{subject} does not begin at its beginning.")
        lowest = self.since if before is None else before["leaf"] + 1
        require(type(leaf) is int and lowest <= leaf < self.size, "A leaf is out of its order.")
        value = sha256(b"\x00", bytes.fromhex(hash_of(parts)))
        root = root_by_proof(value, leaf, leaf + 1, self.size, hashes_from(parts["proof"]))
        require(root == self.root, f"{subject}@{parts['revision']} is not in the log.")
        self.last = self.told(line, parts, leaf, before, before is None and parts["revision"] > 0)

    def told(self, line, parts, leaf, before, is_unknown):
        """Tells the event again, from what is proven of it."""
        data, metadata = json.loads(parts["event-data"]), json.loads(parts["event-metadata"])
        event_type, revision, subject = parts["type"], parts["revision"], subject_of(parts)
        require(re.fullmatch(r"[A-Za-z0-9_.:-]+", parts["event-id"]), "An event has no proper id.")
        status = parts["from-status"]
        if not is_unknown:
            follows = before or {"revision": -1, "hash": None, "status": None}
            require(revision == follows["revision"] + 1, f"{subject}@{revision} does not follow the one before it.")
            require(metadata["previous-hash"] == follows["hash"], f"{subject}@{revision} is not chained to the one before it.")
            require(status == follows["status"], f"{subject}@{revision} does not find its connection so.")
        after = status_after(event_type, status)
        version = metadata["schema-version"]
        is_known = not isinstance(version, bool) and version in range(1, VERSIONS[event_type] + 1)
        require(is_known, f"A {event_type} of version {version} is not known.")
        kind, _, organization = self.scope.partition(":")
        if kind == "organization" and event_type == "ConnectionCreated":
            parties = (data["source-organization-id"], data["destination-organization-id"])
            require(organization in parties, f"{subject} is of other organizations.")

        member = TEXT_MEMBER.get(event_type)
        commitment = data.get(f"{member}-commitment") if metadata["schema-version"] > 1 else None
        told, text = parts["text"], None
        if commitment is None:
            require(told is None, "A text is told that was not committed to.")
            text = data.get(member) if member is not None and metadata["schema-version"] == 1 else None
        elif told == "redacted":
            text = False
        else:
            require(isinstance(told, dict), "A text is missing.")
            told, text = {"text": told["text"], "salt": told["salt"]}, told["text"]
            require(isinstance(text, str) and re.fullmatch(r"[0-9a-f]{64}", told["salt"]), "A text or its salt is none.")
            made = hashlib.sha256(f"connections/text/v1\n{told['salt']}\n{text}".encode()).hexdigest()
            require(made == commitment, "A text is not the one that was committed to.")

        actor = metadata["actor"]
        named = [] if actor["role"] == "platform" else [actor["organization-id"]]
        if event_type == "ConnectionCreated":
            named.append(data["destination-organization-id"])
        names = {name: parts["organizations"].get(name) for name in named}
        require(all(name is None or isinstance(name, str) for name in names.values()), "A name is no text.")
        time = metadata["occurred-at"]
        event = {
            **{name: parts[name] for name in ("type", "stream", "revision", "event-id", "event-data", "event-metadata", "proof")},
            **{"id": f"{subject}@{revision}", "subject": subject, "time": time, "text": told, "organizations": names},
            **{"from-status": status, "to-status": after, "leaf-index": leaf},
            "summary": sentence_of(event_type, data, actor, names, text, time),
        }
        self.same(line, self.form.event(self.origin, event))
        self.events += 1
        return {"subject": subject, "revision": revision, "hash": metadata["hash"], "status": after, "leaf": leaf}

    def end(self, line, digest):
        data = self.form.read_framing("ended", line)
        require(data is not None, "The export has no end.")
        require(self.scope != "everything" or self.leaf == self.size, f"The events from leaf {self.leaf} on are missing.")
        text, signatures = note_from(data["note"])
        stated = [(key["name"], key["id"]) for key in self.signers]
        require([(name, key_id) for name, key_id, _ in signatures] == stated, "The export is signed by other keys than it states.")
        require(len(signers_of(text, signatures, self.signers)) == len(stated), "A signature is missing.")
        known = signers_of(text, signatures, self.keys)
        require(any(key["name"] == self.origin for key in known), "No key that is known has signed the export.")
        lines = ["connections/export/v1", self.scope, str(self.size), str(self.events), digest]
        require(text == "".join(part + "\n" for part in lines), "The export is not the one that was signed.")
        self.same(line, self.framing("ended", "", {"note": data["note"]}))


def subject_of(parts):
    require(re.fullmatch(r"connection-[0-9A-Za-z]{1,64}", parts["stream"]), "A stream is none of a connection.")
    return "cxn_" + parts["stream"][len("connection-") :]


def verify(path, keys):
    number, digest, export, form, held = 1, hashlib.sha256(), None, None, None
    try:
        with open(path, "rb") as file:
            for line in file:
                if form is None:
                    form = Csv() if line == Csv.head else Ndjson()
                # The last line is known only once there is none behind it.
                if held is not None:
                    digest.update(held)
                    if held != form.head:
                        export = step(export, form, held, keys)
                    number += 1
                held = line
        require(held is not None and export is not None and held.endswith(b"\n"), "The export ends before its end.")
        export.end(text_of(held), digest.hexdigest())
        return {"whole": True, "events": export.events}
    except NotWhole as wrong:
        return {"whole": False, "line": number, "why": str(wrong)}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, csv.Error) as wrong:
        return {"whole": False, "line": number, "why": f"The line is not written as it has to be: {wrong!r}"}


def text_of(line):
    require(len(line) <= LONGEST_LINE, "A line is longer than any line of an export.")
    return line.decode()


def step(export, form, line, keys):
    if export is None:
        return Export(form, text_of(line), keys)
    export.next(text_of(line))
    return export


def keys_in(text):
    try:
        with open(text, encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip()]
    except OSError:
        lines = [text]
    return [key_from(line) for line in lines]


def main(arguments):
    files, keys = [], []
    try:
        while arguments:
            argument = arguments.pop(0)
            if argument == "--key":
                keys += keys_in(arguments.pop(0))
            else:
                files.append(argument)
    except (IndexError, NotWhole):
        keys = []
    if not files or not keys:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    verdicts = [verify(path, keys) for path in files]
    for verdict in verdicts:
        print(json.dumps(verdict))
    return 0 if all(verdict["whole"] for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
