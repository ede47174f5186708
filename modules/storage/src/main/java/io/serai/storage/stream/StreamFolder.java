package io.serai.storage.stream;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one stream: making and deleting its files so that a crash at any time leaves
 * something that can be understood.
 */
record StreamFolder(FileSystemSeam files, Path folder, long stream) {
  /** In the folder of a stream that is to be deleted, until all of it is. */
  private static final String DELETED_FILE = "deleted";

  static StreamFolder of(FileSystemSeam files, Path streams, long stream) {
    String name = String.format(Locale.ROOT, "%020d", stream);
    return new StreamFolder(files, streams.resolve(name), stream);
  }

  /** The stream whose folder that is; null when it is none. */
  static @Nullable Long streamOf(Path folder) {
    try {
      return Long.valueOf(String.valueOf(folder.getFileName()));
    } catch (NumberFormatException _) {
      return null; // not ours
    }
  }

  Path segment(long firstOffset) {
    return folder.resolve(SegmentInfo.fileName(firstOffset));
  }

  /**
   * The format that a segment was written in, 0 when its header is damaged or another segment's.
   *
   * @throws StreamRefused when a newer program wrote it
   */
  int formatOf(SeamFile segment, long firstOffset) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(StreamFormat.SEGMENT_HEADER_BYTES);
    segment.readFully(header, 0);
    int format = StreamFormat.formatOf(header.flip(), stream, firstOffset);
    if (format > StreamFormat.FORMAT) {
      throw new StreamRefused(
          "stream folder %s was written by a newer Serai: stream format %d, this one knows up to %d. Start the newer version, or choose another folder with --data DIR."
              .formatted(folder, format, StreamFormat.FORMAT));
    }
    return format;
  }

  /** Makes a segment: its header and its name are safe when this returns. */
  SeamFile create(long firstOffset, long nowMillis) throws IOException {
    Path unfinished = folder.resolve(SegmentInfo.newName(firstOffset));
    if (files.list(folder).contains(unfinished)) {
      files.delete(unfinished); // there was no space for all of it
    }
    SeamFile file = files.create(unfinished);
    try {
      file.writeFully(StreamFormat.segmentHeader(stream, firstOffset, nowMillis), 0);
      file.force(true);
      files.reached(CrashPoint.MID_ALLOCATION);
      files.rename(unfinished, segment(firstOffset));
      files.syncFolder(folder);
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Makes the folder and its name safe. */
  void make() throws IOException {
    files.createFolders(folder);
    Path streams = folder.getParent();
    if (streams != null) {
      files.syncFolder(streams);
    }
  }

  /** The oldest segment of all: the others stay in a row whatever happens. */
  void deleteOldest(long firstOffset) throws IOException {
    files.delete(segment(firstOffset));
    files.reached(CrashPoint.MID_DELETE);
    files.syncFolder(folder);
  }

  /** From when this returns on, the stream cannot come back, unless the disk is full. */
  void markDeleted() throws IOException {
    if (isMarkedDeleted()) {
      return;
    }
    try {
      files.create(folder.resolve(DELETED_FILE)).close();
      files.syncFolder(folder);
    } catch (DiskFullException _) {
      // deleted without: that makes space
    }
  }

  boolean isMarkedDeleted() throws IOException {
    return files.list(folder).contains(folder.resolve(DELETED_FILE));
  }

  /** After {@link #markDeleted}: deletes all there is, the oldest first, the mark last. */
  void delete() throws IOException {
    Path mark = folder.resolve(DELETED_FILE);
    boolean isMarked = isMarkedDeleted();
    for (Path file : files.list(folder).stream().sorted().toList()) {
      if (!file.equals(mark)) {
        files.delete(file);
        if (!isMarked) {
          files.syncFolder(folder); // what a crash leaves is still in a row
        }
      }
    }
    files.reached(CrashPoint.MID_DELETE);
    if (isMarked) {
      files.syncFolder(folder);
      files.delete(mark);
      files.syncFolder(folder);
    }
    files.deleteFolder(folder);
  }
}
