/** The rooms of the interface. Each room's `screen.ts` says its place in the top bar and its routes; none is named here. */
import type { Component } from "svelte";
import type { t } from "./i18n/shell";
import type { KeyOf } from "./i18n/room";
import type { IconOf } from "./parts/types";
import type { Role } from "./session.svelte";
import type { Route } from "./shell/router.svelte";

export type RoomName = Extract<KeyOf<typeof t>, `room.${string}`>;

export interface Room {
  /** Its word in the top bar; left out, the room has routes but no place there. */
  readonly name?: RoomName;
  /** Where its word leads. */
  readonly path: string;
  /** The place in the top bar, smallest first. The first room that a user may enter is the first page. */
  readonly order: number;
  readonly roles?: readonly Role[];
  readonly icon?: IconOf;
  readonly routes: readonly Route[];
  /** What the room puts into the top bar on every page of those who may enter it, as the agent's presence. */
  readonly topBar?: () => Promise<{ default: unknown }>;
  /** Routes that need nobody signed in and no top bar, as the demonstration's start page. */
  readonly open?: readonly Route[];
}

const found = import.meta.glob<{ room: Room }>("./*/screen.ts", { eager: true });

export const rooms: readonly Room[] = Object.values(found)
  .map((file) => file.room)
  .sort((a, b) => a.order - b.order);

/** A route's own roles, else its room's. */
export const routes: readonly Route[] = rooms.flatMap((room) =>
  room.routes.map((route) => (route.roles === undefined && room.roles !== undefined ? { ...route, roles: room.roles } : route)),
);

export const openRoutes: readonly Route[] = rooms.flatMap((room) => room.open ?? []);

/** A lazily loaded module's component, as our own kind. */
export function componentOf<Props extends Record<string, unknown>>(loaded: { default: unknown }): Component<Props> {
  return loaded.default as Component<Props>;
}
