import sys

from scenebeat.cli import main

sys.exit(main())
