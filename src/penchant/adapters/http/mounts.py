"""What other parts of Penchant do in the service: the console's pages, the inbox, the scheduler."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from penchant.adapters.channels.inbox import Inbox
from penchant.adapters.channels.scheduler import Scheduler
from penchant.adapters.channels.webhook import Webhook
from penchant.adapters.console.pages import routes as console_routes
from penchant.adapters.console.settings import ConsoleSettings
from penchant.adapters.http.described import Described
from penchant.adapters.http.inbox import inbox_routes
from penchant.adapters.http.settings import Settings
from penchant.deliver.channel import Channel
from penchant.engine import Engine

__all__ = ["Mounts"]


class Mounts:
    """The parts that live as long as one service."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        """Put them together; nothing runs before `start`.

        Raises:
            BadInput: For a webhook that cannot be sent to, or has no secret.
        """
        self._engine, self._settings = engine, settings
        self._inbox = Inbox(engine.outbox)
        self._channels: list[Channel] = [self._inbox]
        if settings.webhook:
            hook = Webhook(
                settings.webhook,
                *settings.webhook_secrets,
                allow_private=settings.webhook_private,
            )
            self._channels.append(hook)
        self._scheduler: Scheduler | None = None

    @property
    def pages(self) -> Sequence[BaseRoute]:
        """The pages below `/console`; only an open session reaches them."""
        shown = ConsoleSettings(show_people=self._settings.show_people)
        return console_routes(self._engine, shown)

    @property
    def routes(self) -> list[Described]:
        """The routes that other parts serve."""
        return inbox_routes(self._inbox, self._engine.many.limits)

    async def start(self) -> None:
        """Let moments open in time, and letters be brought."""
        self._scheduler = Scheduler(self._engine, channels=self._channels)
        await self._scheduler.__aenter__()

    async def stop(self) -> None:
        """Finish what is in hand; a second call does nothing."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            await scheduler.__aexit__(None, None, None)
