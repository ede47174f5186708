package io.serai.interop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The journal's files of a node that has ended, to be damaged (format: docs/storage.md). */
final class JournalFiles {
  private static final int SEGMENT_HEADER_BYTES = 64;
  private static final int RECORD_HEADER_BYTES = 20;

  private JournalFiles() {}

  /** The segments of a data folder, the oldest first. */
  static List<Path> segments(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("journal"))) {
      return files.filter(file -> file.toString().endsWith(".journal")).sorted().toList();
    }
  }

  /** The last segment that something was written to. */
  static Path lastWritten(Path data) throws IOException {
    Path last = null;
    for (Path segment : segments(data)) {
      if (end(segment) > SEGMENT_HEADER_BYTES) {
        last = segment;
      }
    }
    return last;
  }

  /** Behind the last record of a segment. */
  static int end(Path segment) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(segment));
    int place = SEGMENT_HEADER_BYTES;
    while (place + RECORD_HEADER_BYTES <= all.capacity() && all.getLong(place) != 0) {
      place += (RECORD_HEADER_BYTES + all.getInt(place + 4) + 7) & ~7;
    }
    return place;
  }

  /** Where a text begins in a file, or -1. */
  static int find(Path file, String text) throws IOException {
    // one char for each byte, so that places are those of the file
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text);
  }

  /** Turns one bit round. */
  static void flip(Path file, int place) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(place);
      int before = bytes.read();
      bytes.seek(place);
      bytes.write(before ^ 4);
    }
  }

  /** Writes a piece of a file at another place of it. */
  static void copyWithin(Path file, int from, int length, int to) throws IOException {
    byte[] piece = new byte[length];
    ByteBuffer.wrap(Files.readAllBytes(file)).get(from, piece);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(to);
      bytes.write(piece);
    }
  }
}
