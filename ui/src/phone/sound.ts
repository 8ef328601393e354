/** Sound on a page: the microphone, how loud it is here and there, and the music of those who wait. */

/** The quietest that a level shows, in decibels below full. */
const floor_db = -60;

let shared: AudioContext | null = null;

/** The page's one audio context; browsers let it sound once somebody touched the page. */
export function context(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state === "suspended") void shared.resume();
  return shared;
}

/** Shows how loud a stream is now, 0 to 100. */
export class Meter {
  readonly #analyser: AnalyserNode;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #wave: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    const audio = context();
    this.#analyser = audio.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#wave = new Float32Array(this.#analyser.fftSize);
    this.#source = audio.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#wave);
    let power = 0;
    for (const one of this.#wave) power += one * one;
    const db = 10 * Math.log10(power / this.#wave.length + 1e-12);
    return Math.round(Math.min(100, Math.max(0, (100 * (db - floor_db)) / -floor_db)));
  }

  close(): void {
    this.#source.disconnect();
  }
}

export type MicrophoneFault = "refused" | "missing" | "busy";

/** Why there is no microphone, in a word. */
export function faultOf(error: unknown): MicrophoneFault {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}

/** Opens the microphone; throws what the browser says, or a `DOMException` when the page may have none. */
export async function microphone(device: string | null): Promise<MediaStream> {
  // A page that did not come by https has no such thing at all.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) throw new DOMException("no secure page", "NotFoundError");
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return devices.getUserMedia({ audio: device === null ? wanted : { ...wanted, deviceId: { ideal: device } } });
}

/** A slow broken chord, as a music box in the next room. */
const notes_hz = [261.63, 329.63, 392, 493.88, 440, 392, 329.63, 293.66] as const;
const each_s = 0.9;
const loudness = 0.05;

/** The music of those who wait; made here, so that it needs no connection and no record of anybody's. */
export class Music {
  #timer: ReturnType<typeof setInterval> | null = null;
  #out: GainNode | null = null;
  #next_s = 0;
  #at = 0;

  get playing(): boolean {
    return this.#timer !== null;
  }

  play(on: boolean): void {
    if (on === this.playing) return;
    if (on) this.#start();
    else this.#stop();
  }

  #start(): void {
    const audio = context();
    this.#out = audio.createGain();
    this.#out.gain.setValueAtTime(0, audio.currentTime);
    this.#out.gain.linearRampToValueAtTime(loudness, audio.currentTime + 1.5);
    this.#out.connect(audio.destination);
    this.#next_s = audio.currentTime + 0.1;
    this.#timer = setInterval(() => { this.#ahead(audio); }, 400);
    this.#ahead(audio);
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#out?.disconnect();
    this.#out = null;
  }

  #ahead(audio: AudioContext): void {
    // A context that was asleep does not play all that it missed at once.
    this.#next_s = Math.max(this.#next_s, audio.currentTime);
    while (this.#out !== null && this.#next_s < audio.currentTime + 1.2) {
      this.#note(audio, this.#out, notes_hz[this.#at++ % notes_hz.length] ?? notes_hz[0]);
      this.#next_s += each_s;
    }
  }

  #note(audio: AudioContext, out: GainNode, hz: number): void {
    for (const [times, share] of [[1, 1], [2, 0.25]] as const) {
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      oscillator.frequency.value = hz * times;
      gain.gain.setValueAtTime(0, this.#next_s);
      gain.gain.linearRampToValueAtTime(share, this.#next_s + 0.05);
      gain.gain.exponentialRampToValueAtTime(0.001, this.#next_s + 3 * each_s);
      oscillator.connect(gain).connect(out);
      oscillator.start(this.#next_s);
      oscillator.stop(this.#next_s + 3 * each_s);
    }
  }
}
