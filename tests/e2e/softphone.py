"""Browsers that are telephones: each speaks with a tone of its own and tells which tones it hears."""

from collections.abc import Collection

from playwright.async_api import Page, expect

from tests.e2e.pages import LONGEST_MS

# A steady tone in place of the microphone: what the machine's own would send is cleaned away
# as noise. What comes in is looked at as it would be played.
SPEAKS = """(hertz) => {
  const heard = [];
  const audio = () => (window.toneAudio ??= new AudioContext());
  navigator.mediaDevices.getUserMedia = async () => {
    const tone = audio().createOscillator();
    tone.frequency.value = hertz;
    const quiet = audio().createGain();
    quiet.gain.value = 0.25;
    const out = audio().createMediaStreamDestination();
    tone.connect(quiet).connect(out);
    tone.start();
    return out.stream;
  };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given);
      this.addEventListener('track', ({ track }) => {
        const eye = audio().createAnalyser();
        eye.fftSize = 8192;
        eye.smoothingTimeConstant = 0;
        audio().createMediaStreamSource(new MediaStream([track])).connect(eye);
        heard.push({ eye, track, line: this });
      });
    }
  };
  window.hears = (tones) => {
    const found = new Set();
    for (const { eye, line } of heard) {
      if (line.connectionState !== 'connected') continue;
      const levels = new Float32Array(eye.frequencyBinCount);
      eye.getFloatFrequencyData(levels);
      for (const hertz of tones) {
        const at = Math.round((hertz * eye.fftSize) / audio().sampleRate);
        if (Math.max(levels[at - 1], levels[at], levels[at + 1]) > -50) found.add(hertz);
      }
    }
    return [...found].sort((one, other) => one - other);
  };
}"""


async def speak(page: Page, hertz: int) -> None:
    """From the next page on, this browser's microphone is a tone."""
    await page.context.add_init_script(f"({SPEAKS})({hertz})")


async def hears(page: Page, tones: Collection[int], among: Collection[int]) -> None:
    """Returns once a page hears these tones and no others."""
    wanted = sorted(tones)
    check = "([among, wanted]) => JSON.stringify(hears(among)) === JSON.stringify(wanted)"
    await page.wait_for_function(check, arg=[sorted(among), wanted], timeout=LONGEST_MS)


async def ready(page: Page) -> None:
    """Returns once the page is a telephone that can ring."""
    phone = page.get_by_role("region", name="Phone")
    await expect(phone.get_by_text("Phone ready")).to_be_visible()
