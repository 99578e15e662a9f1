"""What Python's own library, and Werkzeug (Flask) and Django where they are installed, read under the name nr."""
import json
import sys
from urllib.parse import parse_qs

try:
    from werkzeug.wrappers import Request
except ImportError:
    Request = None
try:
    from django.conf import settings
    settings.configure()
    from django.http import QueryDict
except ImportError:
    QueryDict = None


def anywhere(value):
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in (flat(inner) if key == "nr" else anywhere(inner))]
    if isinstance(value, list):
        return [found for inner in value for found in anywhere(inner)]
    return []


def flat(value):
    if isinstance(value, dict):
        return ["an object"]
    if isinstance(value, list):
        return [found for inner in value for found in flat(inner)]
    return [str(value)]


for line in sys.stdin:
    given = json.loads(line)
    kind, text = given["kind"], given["text"]
    read = {}
    if kind == "json":
        read["python json"] = anywhere(json.loads(text))
    else:
        read["python urllib"] = parse_qs(text, keep_blank_values=True).get("nr", [])
        if Request:
            request = Request({"QUERY_STRING": text, "REQUEST_METHOD": "GET"})
            read["werkzeug, flask"] = request.args.getlist("nr")
        if QueryDict:
            read["django"] = QueryDict(text).getlist("nr")
    print(json.dumps(read))
