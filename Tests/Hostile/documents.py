"""Holds documents and messages against what others' tools say that they have to be.

    documents.py envelopes DOCUMENT FILE…     an AsyncAPI document, and files that hold one envelope each
"""

import json
import pathlib
import re
import sys

import jsonschema
import openapi_spec_validator
from cloudevents.core.exceptions import BaseCloudEventException, CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from dateutil.parser import isoparse

HERE = pathlib.Path(__file__).resolve().parent


def golden():
    """The golden envelopes by name, as bytes."""
    folder = HERE.parent / "ModelsTests" / "Golden"
    files = sorted(folder.rglob("*.json"))
    assert len(files) > 100, f"only {len(files)} golden files"
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


# MARK: OpenAPI


def check_openapi(document):
    openapi_spec_validator.validate(document)
    # What the validator does not look at: every schema is one, in the dialect that the document names.
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


# MARK: AsyncAPI 3.0.0: its JSON Schema is in no package of PyPI, so what matters of it is here.


def resolve(document, reference):
    assert reference.startswith("#/"), reference
    found = document
    for part in reference[2:].split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def only(place, value, *allowed):
    unknown = {key for key in value if not key.startswith("x-")} - set(allowed)
    assert not unknown, f"{place} has {unknown}"


def check_asyncapi(document):
    only("the document", document, *"asyncapi id info servers defaultContentType channels operations components".split())
    assert document["asyncapi"] == "3.0.0"
    only("info", document["info"], *"title version description termsOfService contact license tags externalDocs".split())
    assert document["info"]["title"] and document["info"]["version"]
    for name, channel in document["channels"].items():
        assert re.fullmatch(r"[\w.-]+", name), name
        only(name, channel, *"address messages title summary description servers parameters tags bindings".split())
        for message in channel["messages"].values():
            assert set(message) == {"$ref"} and resolve(document, message["$ref"])["payload"]
    for name, operation in document["operations"].items():
        fields = "action channel title summary description security tags externalDocs bindings traits messages reply"
        only(name, operation, *fields.split())
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        # 3.0.0: messages are those of the operation's channel, and are named by way of it.
        for message in operation["messages"]:
            assert message["$ref"].startswith(channel + "/messages/"), f"{name}: {message}"
            assert resolve(document, message["$ref"])
        if "reply" in operation:
            only(name, operation["reply"], "address", "channel", "messages")
            replies = operation["reply"]["channel"]["$ref"]
            assert all(m["$ref"].startswith(replies + "/messages/") for m in operation["reply"]["messages"])
            assert operation["reply"]["address"]["location"].startswith("$message.")
            # Where the address of a reply is told by the message, its channel has none.
            assert resolve(document, replies)["address"] is None
    for name, message in document["components"]["messages"].items():
        fields = "headers payload correlationId contentType name title summary description tags externalDocs bindings"
        only(name, message, *fields.split(), "examples", "traits")
        jsonschema.Draft202012Validator.check_schema(message["payload"])
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


# MARK: Messages


def check_events(bodies):
    """Each body is one CloudEvent in JSON."""
    for name, body in bodies.items():
        told = json.loads(body)
        # The reader would put in what is missing.
        assert {"specversion", "id", "source", "type", "time", "data"} <= set(told), name
        try:
            event = JSONFormat().read(None, body)
        except (BaseCloudEventException, CloudEventValidationError) as error:
            raise AssertionError(f"{name}: {error}") from error
        assert event.get_specversion() == "1.0", name
        read = (event.get_id(), event.get_source(), event.get_type(), event.get_subject(), event.get_data())
        assert read == (told["id"], told["source"], told["type"], told.get("subject"), told["data"]), name
        assert event.get_time() == isoparse(told["time"]), name
        assert event.get_datacontenttype() == "application/json", name


def check_payloads(document, bodies):
    """Each body is valid by the schema of its type."""
    messages = document["components"]["messages"]
    by_type = {message["name"]: name for name, message in messages.items() if message["name"] != "reply.v1"}
    for name, body in bodies.items():
        told = json.loads(body)
        message = by_type.get(told["type"])
        if told["type"] == "reply.v1":
            reply = pathlib.PurePath(name).stem
            message = "NoReplyReply" if reply == "failure" else reply + "Reply"
        assert message in messages, f"{name}: {told['type']} is not described"
        schema = {"$ref": f"#/components/messages/{message}/payload", "components": document["components"]}
        validator = jsonschema.Draft202012Validator(schema)
        errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(told)]
        assert not errors, f"{name}: {errors}"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["envelopes", document, *files] if files:
            bodies = {file: pathlib.Path(file).read_bytes() for file in files}
            check_events(bodies)
            check_payloads(json.loads(pathlib.Path(document).read_bytes()), bodies)
            print(f"{len(files)} envelopes are what they have to be")
        case _:
            sys.exit(__doc__)
