package io.serai.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices that configuration files changed. Has no thread or timer: the node calls {@link #poll}
 * every second or so from a worker, never from an event loop, since it reads the disk.
 *
 * <p>A change counts once two polls in a row saw the same new content, so a file that an editor is
 * still writing is left alone. Touching a file without changing it is no change. Not thread-safe:
 * call it from one worker at a time.
 */
public final class ConfigWatcher {

  /** What a look at the folder tells without reading the file. */
  private record Stat(FileTime modified, long sizeBytes) {}

  private FileStamps loaded;
  private @Nullable FileStamps settling;
  private Map<Path, Stat> seen = Map.of();

  /** Watches the files of a load, {@link ConfigResult#files}. */
  public ConfigWatcher(FileStamps loaded) {
    this.loaded = loaded;
  }

  /** Call after every load that followed a change, valid or not: its files are watched from now. */
  public void onLoaded(FileStamps files) {
    loaded = files;
    settling = null;
    seen = Map.of(); // a file may have changed since it was read: the next poll compares contents
  }

  /** The files that changed since the last load; each change is told once. */
  public List<Path> poll() {
    Map<Path, Stat> stats = stats();
    FileStamps before = settling;
    if (before == null && stats.equals(seen)) {
      return List.of();
    }
    seen = stats;
    FileStamps now = loaded.now();
    if (now.equals(loaded)) {
      settling = null;
      return List.of();
    }
    if (!now.equals(before)) {
      settling = now;
      return List.of();
    }
    settling = null;
    return loaded.changedIn(now);
  }

  private Map<Path, Stat> stats() {
    Map<Path, Stat> stats = new HashMap<>();
    for (Path file : loaded.digests().keySet()) {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        stats.put(file, new Stat(attributes.lastModifiedTime(), attributes.size()));
      } catch (IOException e) {
        continue; // not there, which is a state like any other
      }
    }
    return stats;
  }
}
