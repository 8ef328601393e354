/** How an offer makes itself heard: two soft tones, and a desktop notice that names nobody. */
import { preferences } from "./preferences.svelte";

/** Two tones a fourth apart, each this long, and the pause until they come again, in milliseconds. */
const tone_ms = 260;
const every_ms = 3200;
const tones_hz = [587.33, 783.99] as const;

let audio: AudioContext | null = null;
/** The loudspeaker that rings; null is the one of the system. */
let speaker: string | null = null;

/** Rings on this loudspeaker from now on, so that a ring is heard without the headset on; browsers that cannot choose ring on theirs. */
export function ringOn(device: string | null): void {
  speaker = device;
  aim();
}

function aim(): void {
  const chooses = audio as (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | null;
  // One that is not plugged in is no fault: it rings where the browser plays by itself.
  void chooses?.setSinkId?.(speaker ?? "").catch(() => undefined);
}

/** Browsers let a page sound only after somebody touched it. */
export function wakeSound(): void {
  try {
    if (audio === null) {
      audio = new AudioContext();
      if (speaker !== null) aim();
    }
    void audio.resume();
  } catch {
    audio = null; // no sound device: the strip and the notice remain
  }
}

/** One ring, at the volume that was chosen. */
export function chime(): void {
  if (!preferences.sound || preferences.volume === 0 || audio === null || audio.state !== "running") return;
  for (const [at, hz] of tones_hz.entries()) tone(audio, hz, audio.currentTime + (at * tone_ms) / 1000);
}

function tone(context: AudioContext, hz: number, start_s: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const loudest = 0.2 * preferences.volume;
  oscillator.type = "sine";
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0, start_s);
  gain.gain.linearRampToValueAtTime(loudest, start_s + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start_s + (tone_ms / 1000) * 1.6);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start_s);
  oscillator.stop(start_s + (tone_ms / 1000) * 1.7);
}

/** Rings until the result is called. */
export function ring(): () => void {
  chime();
  const timer = setInterval(chime, every_ms);
  return () => { clearInterval(timer); };
}

/** Whether the browser can show notices and has not been told never to. */
export function canNotify(): boolean {
  return "Notification" in window && Notification.permission !== "denied";
}

/** Asks the browser, once somebody said yes to us. */
export async function allowNotices(): Promise<void> {
  const answer = await Notification.requestPermission();
  preferences.change({ notices: answer === "granted" ? "yes" : "no" });
}

/** Shows a notice while the page is not looked at; the result takes it away. */
export function notify(title: string, onclick: () => void): () => void {
  if (preferences.notices !== "yes" || document.visibilityState === "visible" || !("Notification" in window) || Notification.permission !== "granted") return () => {};
  const notice = new Notification(title, { tag: "warmline.offer", silent: true });
  notice.onclick = () => {
    window.focus();
    onclick();
    notice.close();
  };
  return () => { notice.close(); };
}
