package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadReaderTest {
  @TempDir Path folder;

  /** A file of which the system keeps what was there before. */
  private record Stale(SeamFile file, SeamFile shared) implements SeamFile {
    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      return file.write(from, at);
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return file.read(into, at);
    }

    @Override
    public void force(boolean metadata) throws IOException {
      file.force(metadata);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long length) throws IOException {
      file.truncate(length);
    }

    @Override
    public void close() throws IOException {
      file.close();
      shared.close();
    }
  }

  /** A segment that has one payload, number 1, which is its first record. */
  private Path written(byte[] content) throws IOException {
    Journal journal =
        Journal.open(folder, Simulation.OPTIONS, new RealFiles(), _ -> {}, Workers.none())
            .journal();
    JournalHandle handle = journal.handle(_ -> {});
    handle.append(1, 1, new Bytes(content), RefAttributes.ofBody(content.length));
    handle.flush();
    while (journal.step()) {}
    journal.close();
    return folder.resolve(Segment.fileName(1));
  }

  @Test
  void whatTheSystemKeepsOfOldIsReadAgainFromTheDevice() throws IOException {
    byte[] content = "content".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    Path path = written(content);
    Path old = folder.resolve("old");
    Files.write(old, new byte[(int) Files.size(path)]);
    RealFiles files = new RealFiles();
    try (Stale file = new Stale(files.openDirect(path), files.openToRead(old))) {
      Segment segment = new Segment(1, 0, path, file, Files.size(path));
      PayloadReader.Wanted wanted =
          new PayloadReader.Wanted(0, 1, segment, RecordFormat.SEGMENT_HEADER_BYTES, true);
      assertThat(PayloadReader.read(new PayloadReader.Wanted[] {wanted})).isNull();
      assertThat(wanted.content).isEqualTo(content);
    }
  }
}
