package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The keys that docs/migrating.md sends people to. */
class MigratingPageTest {
  private static final Path PAGE = Path.of("../../docs/migrating.md");

  /** A whole key in the right column, perhaps with a value; not the end of one (`.read`). */
  private static final Pattern KEY =
      Pattern.compile(
          "`((?:listeners|users|tls|limits|node|log|anonymous|sys-topics|vhosts)\\.[^` ]+)[^`]*`");

  @Test
  void everyKeyItNamesExists() throws IOException {
    Catalogue catalogue = Catalogue.standard();
    int keys = 0;
    for (String line : Files.readAllLines(PAGE)) {
      String[] columns = line.split("\\|");
      Matcher key = KEY.matcher(columns.length > 2 ? columns[2] : "");
      while (key.find()) {
        String full = key.group(1).replace("//", "\"/\"");
        if (!full.equals("vhosts.NAME")
            && !full.equals("vhosts.\"/\".bindings")) { // blocks, a list
          assertThat(catalogue.find(full)).as(full).isPresent();
          keys++;
        }
      }
    }
    assertThat(keys).isGreaterThan(40);
  }
}
