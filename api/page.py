"""The documentation page: rendered here from the OpenAPI document, with nothing fetched from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

from api.problems import Kind

Json = Mapping[str, Any]
ORIGIN: Final = "http://localhost:8000"  # the page puts its own in its place


def page(document: Json, kinds: Sequence[Kind]) -> str:
    template = Template(files("api").joinpath("docs.html").read_text(encoding="utf-8"))
    info = document["info"]
    return template.substitute(
        title=escape(info["title"]),
        version=escape(info["version"]),
        introduction="".join(f"<p>{_prose(part)}</p>" for part in info["description"].split("\n\n")),
        contents=_contents(document, kinds),
        calls="".join(_group(tag["name"], document) for tag in document["tags"]),
        problems="".join(_kind(kind) for kind in kinds),
        shapes="".join(_shape(name, schema) for name, schema in document["components"]["schemas"].items()),
        origin=ORIGIN,
    )


def _calls(document: Json, group: str) -> Iterable[tuple[str, str, Json]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if group in operation["tags"]:
                yield method.upper(), path, operation


def _contents(document: Json, kinds: Sequence[Kind]) -> str:
    parts = []
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>")
        parts += (
            _link(operation["operationId"], f"{method} {path}")
            for method, path, operation in _calls(document, tag["name"])
        )
    parts.append("<h2>Problems</h2>")
    parts += (_link(_anchor(kind), kind.code) for kind in kinds)
    parts.append("<h2>Shapes</h2>")
    parts += (_link(f"shape-{name}", name) for name in document["components"]["schemas"])
    return "\n".join(parts)


def _group(name: str, document: Json) -> str:
    calls = "".join(_call(method, path, operation) for method, path, operation in _calls(document, name))
    return f"<h2>{escape(name)}</h2>{calls}"


_WHO: Final = {"administrator": "for administrators", "client_app": "with a key or a token"}


def _call(method: str, path: str, operation: Json) -> str:
    schemes = {scheme for choice in operation.get("security", ()) for scheme in choice}
    who = "".join(f'<span class="who">{word}</span>' for scheme, word in _WHO.items() if scheme in schemes)
    method_shown = f'<span class="method {method.lower()}">{method}</span><code>{escape(path)}</code>{who}'
    parts = [
        f'<h3 id="{escape(operation["operationId"])}" class="call">{method_shown}</h3>',
        f"<p>{_prose(operation['summary'])}.</p>",
    ]
    if note := operation.get("description"):
        parts.append(f'<p class="soft">{_prose(note)}</p>')
    parts += (f'<pre class="curl">{escape(sample["source"])}</pre>' for sample in operation["x-codeSamples"])
    if rows := [_parameter(parameter) for parameter in operation["parameters"]]:
        parts.append(f"<h4>Parameters</h4>{_table(rows)}")
    if body := operation.get("requestBody"):
        parts += (f"<h4>Body</h4><p>{_kind_of(content['schema'])}</p>" for content in body["content"].values())
    answers = [_answer(status, response) for status, response in sorted(operation["responses"].items())]
    parts.append(f"<h4>Answers</h4>{_table(answers)}")
    return f"<section>{''.join(parts)}</section>"


def _parameter(parameter: Json) -> tuple[str, str, str]:
    need = ' <span class="need">required</span>' if parameter["required"] else ""
    place = "" if parameter["in"] == "query" else f' <span class="soft">in the {parameter["in"]}</span>'
    return (
        f"<code>{escape(parameter['name'])}</code>{need}{place}",
        _kind_of(parameter["schema"]),
        _prose(parameter.get("description", "")),
    )


def _answer(status: str, response: Json) -> tuple[str, str, str]:
    contents = response.get("content", {})
    shapes = ", ".join(_kind_of(content["schema"]) for content in contents.values() if "schema" in content)
    return f"<code>{escape(status)}</code>", _prose(response["description"]), shapes or ", ".join(map(escape, contents))


def _kind(kind: Kind) -> str:
    return f'<h3 id="{_anchor(kind)}"><code>{kind.code}</code> <span class="soft">{kind.status}</span></h3><p>{escape(kind.title)}.</p>'


def _anchor(kind: Kind) -> str:
    return kind.type.partition("#")[2]


def _shape(name: str, schema: Json) -> str:
    parts = [f'<h3 id="shape-{escape(name)}">{escape(name)}</h3>']
    if note := schema.get("description"):
        parts.append(f"<p>{_prose(note)}</p>")
    if values := schema.get("enum"):
        parts.append(f"<p>{_values(values)}</p>")
    required = frozenset(schema.get("required", ()))
    if rows := [_field(field, told, field in required) for field, told in schema.get("properties", {}).items()]:
        parts.append(_table(rows))
    return "".join(parts)


def _field(name: str, schema: Json, required: bool) -> tuple[str, str, str]:  # noqa: FBT001  # a row of a table
    absent = "" if required else ' <span class="soft">may be absent</span>'
    return f"<code>{escape(name)}</code>{absent}", _kind_of(schema), _prose(schema.get("description", ""))


def _kind_of(schema: Json) -> str:
    """A schema in a few words: a link, a kind of value, its bounds and its default."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        said = _link(f"shape-{name}", name)
    elif members := schema.get("anyOf"):
        said = " or ".join(_kind_of(member) for member in members)
    elif members := schema.get("prefixItems"):
        said = f"list of {', '.join(_kind_of(member) for member in members)}, in this order"
    elif schema.get("type") == "array":
        said = f"list of {_kind_of(schema.get('items', {}))}"
    elif values := schema.get("enum"):
        said = _values(values)
    else:
        said = escape(str(schema.get("format") or schema.get("type", "anything")))
    limits = [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    if schema.get("default") is not None:
        limits.append(f"default {schema['default']}")
    limits += (f"such as {example}" for example in schema.get("examples", ()))
    return said + (f' <span class="soft">{escape(", ".join(limits))}</span>' if limits else "")


_BOUNDS: Final = {"minimum": "from", "maximum": "to", "pattern": "like"}


def _values(values: Iterable[object]) -> str:
    return ", ".join(f"<code>{escape(str(value))}</code>" for value in values)


def _table(rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="rows"><table>{body}</table></div>'


def _link(anchor: str, text: str) -> str:
    return f'<a href="#{escape(anchor)}">{escape(text)}</a>'


def _prose(text: str) -> str:
    """Words between backticks are code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
