/** Every version of a scene that there was; any can be shown again, for nothing. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { chooseVersion, readVersions } from "../../api/edits";
import type { Film, Scene, SceneVersion } from "../../api/types";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Player } from "../../parts/player";
import { sayFault } from "../../parts/toasts";
import { nameOf } from "../../words/models";
import { useRefresh } from "./film";

interface Props {
  film: Film;
  scene: Scene;
  onClose: () => void;
}

export function Versions({ film, scene, onClose }: Props) {
  const versions = useSignal<SceneVersion[] | null>(null);
  const refresh = useRefresh();
  useEffect(() => {
    readVersions(film.production_id, scene.number).then((told) => (versions.value = told.versions), sayFault);
  }, []);

  const choose = (version: number) =>
    chooseVersion(film.production_id, scene.number, version).then(onClose).then(refresh);

  return (
    <Dialog title={`Versions of scene ${scene.number}`} onClose={onClose}>
      {versions.value === null && <p class="hint" role="status">Reading the versions…</p>}
      <ol class="versions">
        {versions.value?.map((one) => (
          <li key={one.version} class="version">
            {one.clip ? <Player clip={one.clip} label={`Version ${one.version}`} /> : <p class="hint">No clip was made of this one.</p>}
            <div class="row">
              <b>Version {one.version}</b>
              {one.model && <span class="hint">{nameOf(one.model)}</span>}
              {one.chosen ? <Badge standing="ready" word="Shown" /> : <Button onPress={() => choose(one.version)}>Show this one</Button>}
            </div>
            <p class="hint clamped">{one.description}</p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
