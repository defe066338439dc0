"""Every command that talks to a gateway: the gateway found, the command done, its exit code."""

import argparse
from collections.abc import Awaitable, Callable, Mapping

from scenebeat.client import Client, InvalidRequest, ScenebeatError
from scenebeat.client.address import DATA, URL, find_key, find_url
from scenebeat.consent import NotAgreed
from scenebeat.exits import FAILED, USAGE
from scenebeat.operating import say
from scenebeat.remote.errands import approve, cancel, choose, export, films, jobs, retry, watch
from scenebeat.remote.orders import FORMS, estimate, order
from scenebeat.remote.voice import Voice
from scenebeat.remote.webhooks import webhooks

Command = Callable[[Client, argparse.Namespace, Voice], Awaitable[int]]

COMMANDS: Mapping[str, Command] = {
    **dict.fromkeys((name for name in FORMS if name != "make"), order),
    "estimate": estimate,
    "jobs": jobs,
    "films": films,
    "watch": watch,
    "approve": approve,
    "choose": choose,
    "cancel": cancel,
    "retry": retry,
    "export": export,
    "webhooks": webhooks,
}


async def attend(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Do one command at its gateway. Raises OSError; everything of the gateway's is said here."""
    voice = Voice(as_json=options.json)
    try:
        async with Client(found(options, environment), key=find_key(options.key, environment)) as client:
            return await COMMANDS[options.command](client, options, voice)
    except NotAgreed as no:
        say(f"scenebeat: {no}")
        return no.exit_code
    except ScenebeatError as error:
        voice.refusal(error)
        return USAGE if isinstance(error, InvalidRequest) else FAILED


def found(options: argparse.Namespace, environment: Mapping[str, str]) -> str:
    """The gateway that was named, else that of the stack of the folder that was named, else what is set and runs."""
    if options.data is None:
        return find_url(options.url, environment)
    here = {name: value for name, value in environment.items() if name != URL}
    return find_url(options.url, here | {DATA: str(options.data)})
