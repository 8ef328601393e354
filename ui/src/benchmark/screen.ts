/** Where the benchmark stands: the own figures beside the published ones, for those who lead. */
import Ruler from "@lucide/svelte/icons/ruler";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.benchmark",
  path: "/benchmark",
  order: 6,
  roles: ["supervisor", "administrator"],
  icon: Ruler,
  routes: [{ path: "/benchmark", load: () => import("./Benchmark.svelte") }],
};
