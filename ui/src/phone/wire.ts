/** What a page and the center say to each other of calls: the frames of /ws/call and /ws/phone. */

export type Phase = "ringing" | "quiet" | "waiting" | "talking";

/** One party of a call, as its own page is told of it. */
export interface LegFrame {
  readonly type: "leg";
  readonly leg: string;
  readonly phase: Phase;
  readonly answered_at: number | null;
  /** The music to be made here while it waits. */
  readonly music: string | null;
  readonly muted: boolean;
  readonly mode: "talk" | "listen" | "whisper" | "barge";
  readonly role?: string;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface ConnectFrame {
  readonly type: "connect";
  readonly leg: string;
  readonly connection: string;
  readonly offers: boolean;
  readonly send: boolean;
  readonly receive: boolean;
  readonly ice: readonly RTCIceServer[];
}

export interface SignalFrame {
  readonly type: "signal";
  readonly leg: string;
  readonly connection: string;
  readonly kind: "offer" | "answer" | "candidate";
  readonly body: string;
}

export interface PlaceFrame {
  readonly type: "place";
  readonly position: number | null;
  readonly low_ms: number | null;
  readonly high_ms: number | null;
  readonly words: string | null;
}

export type Told =
  | { readonly type: "hello"; readonly now: number; readonly legs: readonly LegFrame[]; /** Keys that are pressed are heard. */ readonly keys?: boolean }
  | LegFrame
  | ConnectFrame
  | SignalFrame
  | PlaceFrame
  | { readonly type: "disconnect"; readonly leg: string; readonly connection: string }
  | { readonly type: "ended"; readonly leg: string; readonly cause: string; readonly by: string }
  | { readonly type: "taken"; readonly leg: string }
  | { readonly type: "pick_up"; readonly leg: string }
  | { readonly type: "unheard"; readonly leg: string }
  | { readonly type: "pong"; readonly now: number }
  | { readonly type: "error"; readonly code: string };

/** How well the other side is heard: loss as a share, times in milliseconds, MOS from 1 to 4.5. */
export interface Quality {
  readonly loss: number;
  readonly jitter_ms: number;
  readonly round_trip_ms: number;
  readonly mos: number;
}

export type Saying = Readonly<Record<string, unknown>> & { readonly type: string };
