package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes on disk, spelt out: a change here is a change of format (docs/storage.md). */
class RecordFormatTest {
  private static final String HEADER =
      """
      53 45 52 41 49 4a 4e 4c  # SERAIJNL
      00 00 00 01              # format 1
      00 00 00 40              # 64 bytes of header
      00 00 00 00 00 00 00 01  # segment 1
      """;

  private static final String RECORDS =
      """
      6d 8d 96 a1              # CRC-32C of the rest, padding included
      00 00 00 15              # 21 bytes of content
      01 01 00 00              # type PAYLOAD, version 1, no flags
      19 ab 0e 32              # tag of segment 1, offset 64
      00 00 00 08              # all before byte 8 * 8 was synced when this was written
      00 00 00 00 00 00 00 01  # payload 1
      00 00 00 05 00 00 00 00  # 5 bytes in all, this piece begins at 0
      68 65 6c 6c 6f           # hello
      00 00 00 00 00 00 00     # padding to a multiple of 8

      6d 8b 08 27 00 00 00 14  # CRC-32C, 20 bytes of content
      02 01 00 00 e8 da 01 01  # type OPS, version 1, no flags, tag of offset 112
      00 00 00 08              # synced up to 64
      01 0e 12 02 00           # REFERENCE owner +7 sequence +9 payload +1, replaces nothing
      0f 05 02 00 03 02 aa bb  # all flags; body 5, delivered 2, expires 0, priority 3, opaque aa bb
      03 04 01 6b 01 76 00     # PUT kind 4 key "k" value "v", replaces nothing

      9d 83 c7 73 00 00 00 0a  # CRC-32C, 10 bytes of content
      02 01 00 00 7b fd 1c cc  # type OPS, tag of offset 152
      00 00 00 13              # synced up to 152
      02 0e 12 01 01           # SETTLED owner +7 from sequence +9, 1 of them, in segment 1
      04 04 01 6b 01           # REMOVED kind 4 key "k", whose value is in segment 1
      00 00                    # padding
      """;

  @TempDir Path folder;

  @Test
  void aFileHasTheSameNameWhereverTheProgramRuns() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG")); // whose digits are not 0 to 9
    try {
      assertThat(Segment.fileName(12)).isEqualTo("segment-0000000000000012.journal");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theBytesOfASegmentAreAsDocumented() throws Exception {
    Path file;
    byte[] bytes;
    try (Opening opening = new Opening(folder, 16 << 10)) {
      opening.handle.append(
          7,
          9,
          new Bytes("hello".getBytes(StandardCharsets.US_ASCII)),
          new RefAttributes(2, 0, 3, 5, new byte[] {(byte) 0xAA, (byte) 0xBB}));
      opening.handle.put((byte) 4, new byte[] {'k'}, new byte[] {'v'});
      opening.sync();
      opening.handle.settle(7, 9);
      opening.handle.remove((byte) 4, new byte[] {'k'});
      opening.sync();
      file =
          new RealFiles()
              .list(folder).stream()
                  .filter(it -> Segment.numberOf(it) == 1)
                  .findFirst()
                  .orElseThrow();
      bytes = Files.readAllBytes(file);
    }
    assertThat(hex(bytes, 0, 24)).isEqualTo(plain(HEADER));
    assertThat(hex(bytes, 64, 64 + 120)).isEqualTo(plain(RECORDS));
    assertThat(file.getFileName()).hasToString("segment-0000000000000001.journal");
  }

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, to));
  }

  private static String plain(String commented) {
    return commented.replaceAll("#.*", "").replaceAll("\\s", "");
  }
}
