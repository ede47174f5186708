package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes on disk, spelt out: a change here is a change of format (docs/storage.md). */
class StreamFormatTest {
  private static final String SEGMENT =
      """
      53 45 52 41 49 53 54 52  # SERAISTR
      00 00 00 01              # format 1
      00 00 00 40              # 64 bytes of header
      00 00 00 00 00 00 00 07  # stream 7
      00 00 00 00 00 00 00 00  # its first message has offset 0
      00 00 00 00 00 0f 42 40  # created 1,000,000 ms after 1970
      """;

  private static final String CHUNKS =
      """
      a8 ee 86 cb              # CRC-32C of the rest of the header, filter included
      01 01 00 01              # type MESSAGES, version 1, flag: one has no filter value
      9f 93 e3 e5              # CRC-32C of the payload
      00 00 00 12              # 18 bytes of payload
      e9 30 9a d4              # tag of stream 7, segment 0, place 64
      00 00 00 02              # 2 messages
      00 00 00 00 00 00 00 00  # the first has offset 0
      00 00 00 00 00 1e 84 80  # the first was appended 2,000,000 ms after 1970
      00 00 00 00 00 1e 84 80  # and none later
      00 00 00 00 00 00 00 40  # all before place 64 was synced when this was written
      00 08 00 00 00 00 00 00  # 8 bytes of filter, 6 that are not used
      00 40 00 00 02 00 10 08  # the filter with the value "eu"
      05 00 03 65 75           # 5 bytes, 0 ms later, a value of 3 - 1 bytes: eu
      68 65 6c 6c 6f           # hello
      05 01 00                 # 5 bytes, 1 ms earlier, no value
      77 6f 72 6c 64           # world
      00 00 00 00 00 00        # padding to a multiple of 8

      e2 7f 7f 36 02 01 00 00  # CRC-32C, type INDEX, version 1, no flags
      ee f0 99 ac 00 00 00 48  # CRC-32C of the payload, 72 bytes
      3d 72 28 e7 00 00 00 00  # tag of place 160, no messages
      00 00 00 00 00 00 00 02  # the next message has offset 2
      00 00 00 00 00 00 00 00  # no times
      00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 a0  # all before place 160 was synced
      00 00 00 00 00 00 00 00  # no filter
      00 00 00 00 00 00 00 02  # the segment ends before offset 2
      00 00 00 00 00 00 00 00  # its last chunk begins with offset 0
      00 00 00 00 00 1e 84 80  # its newest message
      00 00 00 01 00 00 00 00  # 1 entry
      00 00 00 00 00 00 00 00  # offset 0
      00 00 00 00 00 00 00 40  # is at place 64
      00 00 00 00 00 1e 84 80  # nothing from there to the next entry is newer
      00 00 00 00 00 00 00 a0  # this chunk begins at place 160
      53 45 52 41 49 53 54 49  # SERAISTI
      """;

  @TempDir Path folder;

  @Test
  void filesHaveTheSameNamesWhereverTheProgramRuns() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG")); // whose digits are not 0 to 9
    try {
      StreamFolder stream = StreamFolder.of(new RealFiles(), folder, 7);
      assertThat(stream.folder()).isEqualTo(folder.resolve("00000000000000000007"));
      assertThat(SegmentInfo.fileName(12)).isEqualTo("00000000000000000012.stream");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theBytesOfASegmentAreAsDocumented() throws Exception {
    try (Streams streams = new Streams(folder)) {
      StreamLog log = streams.log(7);
      streams.append(log, Sample.text("hello", 2_000_000, "eu"));
      streams.append(log, Sample.text("world", 1_999_999, null));
      streams.sync();
    }
    Path file = folder.resolve("00000000000000000007/00000000000000000000.stream");
    byte[] bytes = Files.readAllBytes(file);
    assertThat(hex(bytes, 0, 40)).isEqualTo(plain(SEGMENT));
    assertThat(hex(bytes, 64, bytes.length)).isEqualTo(plain(CHUNKS));
  }

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, to));
  }

  private static String plain(String commented) {
    return commented.replaceAll("#.*", "").replaceAll("\\s", "");
  }
}
