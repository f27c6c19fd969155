"""Small stand-ins for the packages by which the engines declare their flags and read their values.

They cannot be made up, since the parsers are built from what they hold: fields with types and defaults.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import types
import typing
from typing import Any

from fabricated import FabricatedModule, fabricate

NO_DEFAULT = type("NODEFAULT", (), {"__repr__": lambda self: "NODEFAULT"})()


def install() -> None:
    pydantic()
    msgspec()
    sys.modules["typing_extensions"] = TypingExtensions("typing_extensions")
    # Of what these have and the standard library has not no parser makes use.
    sys.modules["regex"] = re
    sys.modules["orjson"] = json


class TypingExtensions(FabricatedModule):
    """Forms of newer Pythons: the real one where this Python has it."""

    def __getattr__(self, name: str) -> Any:
        if name == "TypeVar":
            return lambda name, *bound, default=None, **options: typing.TypeVar(name, *bound, **options)
        return getattr(typing, name) if hasattr(typing, name) else super().__getattr__(name)


# --- pydantic --------------------------------------------------------------------------------------------------------


class ValidationError(ValueError):
    pass


class FieldInfo:
    """A field's declaration. Nothing makes one: `Field` gives a field of `dataclasses`, which vLLM reads as well."""


class BaseModel:
    def __init_subclass__(cls, **_: Any) -> None:
        pass


class TypeAdapter:
    """Reads a JSON text for a class of configuration: the fields must be the class's, their values are not checked."""

    def __init__(self, form: Any):
        self.form = form

    def validate_json(self, text: str) -> Any:
        try:
            value = json.loads(text)
        except json.JSONDecodeError as problem:
            raise ValidationError(str(problem)) from problem
        if dataclasses.is_dataclass(self.form):
            if not isinstance(value, dict):
                raise ValidationError(f"{text} is no object")
            unknown = value.keys() - {field.name for field in dataclasses.fields(self.form)}
            if unknown:
                raise ValidationError(f"no such fields: {', '.join(sorted(unknown))}")
        return value


class Unmarked:
    """A mark around a type, which no parser looks at: `SkipValidation[int]` is `int`."""

    def __class_getitem__(cls, form: Any) -> Any:
        return form


def declared(default: Any = dataclasses.MISSING, *, default_factory: Any = None, init: bool = True, **_: Any) -> Any:
    if default_factory is not None:
        return dataclasses.field(default_factory=default_factory, init=init)
    if default is dataclasses.MISSING or default is ...:
        return dataclasses.field(init=init)
    return dataclasses.field(default=default, init=init)


def validated(cls: Any = None, *, config: Any = None, **options: Any) -> Any:
    del config
    return dataclasses.dataclass(cls, **options) if cls else lambda cls: dataclasses.dataclass(cls, **options)


def pydantic() -> None:
    names = ("pydantic", "pydantic.dataclasses", "pydantic.fields")
    module, classes, fields = (FabricatedModule(name) for name in names)
    passing = lambda *_, **__: lambda function: function  # noqa: E731
    vars(classes).update(dataclass=validated)
    vars(fields).update(Field=declared, FieldInfo=FieldInfo)
    vars(module).update(
        BaseModel=BaseModel, ConfigDict=dict, Field=declared, InstanceOf=Unmarked, SkipValidation=Unmarked, TypeAdapter=TypeAdapter, ValidationError=ValidationError,
        dataclasses=classes, fields=fields, field_serializer=passing, field_validator=passing, model_validator=passing,
    )  # fmt: skip
    sys.modules.update({"pydantic": module, "pydantic.dataclasses": classes, "pydantic.fields": fields})


# --- msgspec ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class StructField:
    name: str
    type: Any
    default: Any = NO_DEFAULT
    default_factory: Any = NO_DEFAULT


class Struct:
    """A class whose annotated attributes are its fields, as of a dataclass."""

    __struct_fields__: tuple[StructField, ...] = ()

    def __init_subclass__(cls, **_: Any) -> None:
        known = {field.name: field for field in cls.__struct_fields__}
        for name, annotation in vars(cls).get("__annotations__", {}).items():
            if "ClassVar" in str(annotation):
                continue
            default = vars(cls).get(name, NO_DEFAULT)
            if isinstance(default, StructField):
                known[name] = StructField(name, annotation, default.default, default.default_factory)
            elif isinstance(default, (dict, list, set)):
                known[name] = StructField(name, annotation, NO_DEFAULT, lambda value=default: type(value)(value))
            else:
                known[name] = StructField(name, annotation, default)
        cls.__struct_fields__ = tuple(known.values())

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip([field.name for field in self.__struct_fields__], values)) | named
        for field in self.__struct_fields__:
            if field.name in given:
                value = given[field.name]
            elif field.default_factory is not NO_DEFAULT:
                value = field.default_factory()
            else:
                value = field.default
            object.__setattr__(self, field.name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()


def struct_field(default: Any = NO_DEFAULT, *, default_factory: Any = NO_DEFAULT, **_: Any) -> StructField:
    return StructField("", None, default, default_factory)


def fields_of(struct: Any) -> tuple[StructField, ...]:
    fields: tuple[StructField, ...] = struct.__struct_fields__
    return fields


def defined(name: str, fields: Any, *, bases: tuple[type, ...] = (), namespace: Any = None, **_: Any) -> type:
    annotations: dict[str, Any] = {}
    space: dict[str, Any] = dict(namespace or {})
    for field in fields:
        parts = (field,) if isinstance(field, str) else tuple(field)
        annotations[parts[0]] = parts[1] if len(parts) > 1 else Any
        if len(parts) > 2:
            space[parts[0]] = parts[2]
    return types.new_class(name, bases or (Struct,), {}, lambda body: body.update(space, __annotations__=annotations))


def msgspec() -> None:
    module, structs = FabricatedModule("msgspec"), FabricatedModule("msgspec.structs")
    vars(structs).update(fields=fields_of, FieldInfo=StructField)
    vars(module).update(
        NODEFAULT=NO_DEFAULT, UNSET=fabricate("UNSET"), Struct=Struct, defstruct=defined, field=struct_field,
        structs=structs,
    )  # fmt: skip
    sys.modules.update({"msgspec": module, "msgspec.structs": structs})
