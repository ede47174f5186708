package io.serai.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds installed programs. */
final class Programs {
  private static final List<String> FURTHER =
      List.of(
          "/usr/sbin",
          "/usr/local/sbin",
          "/usr/local/bin",
          "/opt/homebrew/sbin",
          "/opt/homebrew/bin");

  private Programs() {}

  /** The program of that name in PATH or where system programs are. */
  static Optional<Path> find(String name) {
    List<String> folders = new ArrayList<>();
    String path = System.getenv("PATH");
    if (path != null) {
      folders.addAll(List.of(path.split(File.pathSeparator)));
    }
    folders.addAll(FURTHER);
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The first of these that exists; a last part may have {@code *}. */
  static Optional<Path> first(String folder, String glob, String inside) {
    Path parent = Path.of(folder);
    if (!Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, glob)) {
      for (Path entry : entries) {
        if (Files.isExecutable(entry.resolve(inside))) {
          return Optional.of(entry.resolve(inside));
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
