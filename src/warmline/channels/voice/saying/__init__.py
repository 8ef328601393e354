"""Words into sound: numbers and times as they are said, standard words, espeak-ng, WAV files."""
