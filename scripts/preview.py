"""Show every macro and field with made-up data, under the site's own security policy.

    python scripts/preview.py [--port 8010]

For looking, and for the tests of the look. It needs neither database nor settings.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.templates.gallery import create_gallery


def main() -> None:
    parser = argparse.ArgumentParser(description="Show every part of the look.")
    parser.add_argument("--port", type=int, default=8010)
    create_gallery().run(port=parser.parse_args().port)


if __name__ == "__main__":
    main()
