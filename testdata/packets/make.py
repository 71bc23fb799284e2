#!/usr/bin/env python3
"""Writes *.hex and illegal/*.hex from the captures.

usage: make.py

legal.csv and illegal.csv say which packets: the capture, the frame, and in
legal.csv the number of the packet among those that end in the frame, from 1.
The fields of a legal packet are what tshark says, the rest is in the tables.
Needs tshark (the files here are by version 4.0.17).
"""

import csv
import hashlib
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
VERSIONS = {"3": "3.1", "4": "3.1.1", "5": "5.0"}
SHORT = {"v31": "3.1", "v311": "3.1.1", "v5": "5.0"}
TYPES = ("connect connack publish puback pubrec pubrel pubcomp subscribe suback "
         "unsubscribe unsuback pingreq pingresp disconnect auth").split()

# Correlation Data and Authentication Data, which tshark takes for text.
BINARY = {"0x09", "0x16"}
# Payloads of more bytes than this are given by their hash.
LONG = 1000
# Fields whose value has to be the text of their bytes.
TEXT = {"mqtt." + name for name in (
    "protoname clientid username passwd willtopic topic "
    "prop_string prop_key prop_value property.content_type").split()}


def die(*words):
    sys.exit("make.py: " + " ".join(map(str, words)))


def tshark(capture, *arguments):
    path = HERE.parent / "captures" / (capture + ".pcapng")
    return subprocess.run(["tshark", "-n", "-r", path, *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def show(tree, name):
    """The value of the first field of that name."""
    return tree.find(f".//field[@name='{name}']").get("show")


def packets(capture):
    """Reads a capture: {(frame, number): (version, sender, tree of the packet)}"""
    found, versions = {}, {}
    for frame in xml.etree.ElementTree.fromstring(tshark(capture, "-Y", "mqtt", "-T", "pdml")):
        sender = "server" if show(frame, "tcp.srcport") == "1883" else "client"
        stream = show(frame, "tcp.stream")
        for number, tree in enumerate(frame.findall("proto[@name='mqtt']"), 1):
            if tree.find(".//field[@name='mqtt.ver']") is not None:
                versions[stream] = show(tree, "mqtt.ver")
            found[show(frame, "num"), str(number)] = VERSIONS.get(versions.get(stream)), sender, tree
    return found


def octets(tree):
    """Puts the bytes of a packet together from those of its fields."""
    start, whole = int(tree.get("pos")), [None] * int(tree.get("size"))

    def place(fields):
        for field in fields:
            value = bytes.fromhex(field.get("value") or "")
            at = int(field.get("pos")) - start
            if not value:
                place(field)
            whole[at:at + len(value)] = value
    place(tree)
    if None in whole or len(whole) != int(tree.get("size")):
        die("tshark leaves bytes out of", tree.get("showname"))
    return bytes(whole)


def fields(tree):
    """The fields as tshark has them: (name, value)"""
    identifier = None
    for field in tree.iter("field"):
        name, value, raw = field.get("name"), field.get("show"), field.get("value") or ""
        if not name.startswith("mqtt."):
            continue  # a remark of tshark's
        if field.get("size") == "0" and value:
            continue  # not in the packet: the topic that an alias stands for
        if name == "mqtt.property_id":
            identifier = value
        if name == "mqtt.prop_string" and identifier in BINARY:
            value = ":".join(raw[i:i + 2] for i in range(0, len(raw), 2))
        elif name in TEXT:
            data = bytes.fromhex(raw)[2 if name == "mqtt.property.content_type" else 0:]
            if data != value.encode() or not value.isprintable() or value != value.strip():
                die(name, "is not a plain text:", raw)
        elif name == "mqtt.msg" and len(raw) > 2 * LONG:
            data = bytes.fromhex(raw)
            value = f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"
        yield name, value


def write(path, header, data):
    lines = [f"# {name}: {value}".rstrip() for name, value in header]
    path.write_text("\n".join([*lines, data.hex()]) + "\n", encoding="utf-8")


def legal(row, captures):
    file, capture, frame, number = row["file"], row["capture"], row["frame"], row["packet"]
    version, sender, tree = captures[capture][frame, number]
    kind = TYPES[int(show(tree, "mqtt.msgtype")) - 1]
    if file.split("-")[0] != kind or SHORT[file.split("-")[1]] != version:
        die(f"{file} is a {kind} of version {version}")
    source = f"captures/{capture}.pcapng, frame {frame}"
    if (frame, "2") in captures[capture]:
        source += f", packet {number}"
    write(HERE / (file + ".hex"), [
        ("name", f"{kind.upper()}: {row['name']}"), ("version", version), ("sender", sender), ("source", source),
        *fields(tree)], octets(tree))


def illegal(row):
    file, capture, frame, version = row["file"], row["capture"], row["frame"], row["version"]
    kind = file.split("-")[0].upper()
    port, payload = tshark(capture, "-Y", f"frame.number == {frame}",
                           "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.payload").decode().split()
    write(HERE / "illegal" / (file + ".hex"), [
        ("name", f"{kind}: {row['name']}"), ("version", version),
        ("sender", "server" if port == "1883" else "client"),
        ("source", f"captures/{capture}.pcapng, frame {frame}"),
        ("error", row["error"]), ("clause", f"{version} {row['clause']}"), ("reason", row["reason"])],
        bytes.fromhex(payload.replace(":", "")))


def table(name):
    with open(HERE / name, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def main():
    captures = {}
    for row in table("legal.csv"):
        if row["capture"] not in captures:
            captures[row["capture"]] = packets(row["capture"])
        legal(row, captures)
    for row in table("illegal.csv"):
        illegal(row)
    for folder, rows in ((HERE, table("legal.csv")), (HERE / "illegal", table("illegal.csv"))):
        for path in sorted(folder.glob("*.hex")):
            if path.stem not in {row["file"] for row in rows}:
                print(path.relative_to(HERE), "is in no table")


if __name__ == "__main__":
    main()
