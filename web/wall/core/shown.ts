// Which answers stand behind what is on the wall now.
import type { Pulse, Scores } from "../../shared/schema";
import type { Slide } from "./slides";
import type { Spotlight } from "./spotlight";

export const PARTS = ["status", "live", "month", "pulse", "account"] as const;
export type Part = (typeof PARTS)[number];

export interface OnWall {
  slide: Slide | null;
  ranked: Scores | null;
  month: Scores | null;
  pulse: Pulse | null;
  spotlight: Pick<Spotlight, "from"> | null;
  monthAsked: boolean; // by the address: no live window is wanted
  sidePanel: boolean;
}

export function partsShown(wall: OnWall): Part[] {
  return ["status", ...sceneParts(wall)];
}

function sceneParts({ slide, ranked, pulse, spotlight, monthAsked, sidePanel }: OnWall): Part[] {
  switch (slide?.scene) {
    case undefined:
      return monthAsked ? ["month"] : ["live", "month"]; // either would be shown
    case "peringkat":
      // A month in place of the live window says that nothing is live, which must be of now too.
      if (ranked?.month != null) return monthAsked ? ["month"] : ["live", "month"];
      return sidePanel && pulse ? ["live", "pulse"] : ["live"];
    case "denyut":
      return ["pulse"];
    case "disorot":
      return spotlight ? ["account", spotlight.from] : ["account"];
    case "bulan":
      return ["month"];
  }
}

/** The newest data of the board on the wall, when its month is over. */
export function archiveShown({ slide, ranked, month }: OnWall): number | null {
  const board = slide?.scene === "peringkat" ? ranked : slide?.scene === "bulan" ? month : null;
  if (board?.status !== "past" && board?.status !== "official") return null;
  return Math.min(board.newest_event_at ?? board.until, board.until);
}
