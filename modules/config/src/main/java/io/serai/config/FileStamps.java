package io.serai.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a set of files at one moment, as digests.
 *
 * @param digests SHA-256 in hex by absolute file, {@link #ABSENT} for one that does not exist
 */
public record FileStamps(Map<Path, String> digests) {
  static final String ABSENT = "absent";

  public FileStamps {
    digests = Map.copyOf(digests);
  }

  /** No files: a node on built-in defaults. */
  public static FileStamps none() {
    return new FileStamps(Map.of());
  }

  /** Of bytes already read; a file without bytes counts as absent. */
  static FileStamps of(Map<Path, byte[]> contents) {
    Map<Path, String> digests = new LinkedHashMap<>();
    contents.forEach((file, bytes) -> digests.put(file, digest(bytes)));
    return new FileStamps(digests);
  }

  /** These and more files. */
  FileStamps and(FileStamps more) {
    Map<Path, String> all = new LinkedHashMap<>(digests);
    more.digests.forEach(all::putIfAbsent);
    return new FileStamps(all);
  }

  /** The same files as they are now. Reads the disk: never on an event loop. */
  FileStamps now() {
    Map<Path, String> digests = new LinkedHashMap<>();
    for (Path file : this.digests.keySet()) {
      digests.put(file, digestOf(file));
    }
    return new FileStamps(digests);
  }

  /** The files whose content differs from {@code other}'s. */
  List<Path> changedIn(FileStamps other) {
    return digests.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(other.digests.get(entry.getKey())))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** Reads the disk: never on an event loop. */
  static String digestOf(Path file) {
    try {
      return Files.isRegularFile(file) ? digest(Files.readAllBytes(file)) : ABSENT;
    } catch (IOException e) {
      return ABSENT; // vanished or unreadable: loading it will say why
    }
  }

  private static String digest(byte[] bytes) {
    if (bytes.length == 0) {
      return ABSENT;
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
