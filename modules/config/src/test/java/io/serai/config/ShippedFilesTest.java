package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The files of {@code conf/}, which users edit, and their copies in the jar. */
class ShippedFilesTest {
  private static final Path CONF = Path.of("../../conf").toAbsolutePath().normalize();
  private static final Path COPIES = Path.of("src/main/resources/io/serai/config");

  @Test
  void copiesInTheJarEqualTheFilesOfConf() throws IOException {
    for (BuiltIn file : EnumSet.allOf(BuiltIn.class)) {
      String shipped = Files.readString(CONF.resolve(file.fileName()));
      if (Boolean.getBoolean("serai.renew")) {
        Files.writeString(COPIES.resolve(file.fileName()), shipped);
      } else {
        assertThat(file.text())
            .as("copy of conf/%s; renew it with %s", file.fileName(), ConfigurationPageTest.RENEW)
            .isEqualTo(shipped);
      }
    }
  }

  @Test
  void shippedFilesAreValidWithoutWarningsAndEqualTheDefaults() {
    var shipped = Load.validResult(Load.DEFAULTS.withFile(CONF.resolve("serai.conf")));
    var defaults = Load.validResult(Load.DEFAULTS);
    assertThat(shipped.warnings()).isEmpty();
    assertThat(defaults.warnings()).isEmpty();
    assertThat(shipped.config().server()).isEqualTo(defaults.config().server());
    assertThat(shipped.config().routing()).isEqualTo(defaults.config().routing());
    assertThat(shipped.config().restartNeeded(defaults.config())).isEmpty();
  }

  @Test
  void demoOverTheShippedFilesIsValidWithoutWarnings() {
    var demo = Load.validResult(Load.DEFAULTS.withDemo());
    assertThat(demo.warnings()).isEmpty();
    var included = Load.validResult(Load.DEFAULTS.withFile(CONF.resolve("demo.conf")));
    assertThat(included.config().routing()).isEqualTo(demo.config().routing());
  }

  /** What stands in the files is what the tables of the reference say, so neither can go stale. */
  @Test
  void valuesInTheShippedFileEqualTheDefaultsOfTheCatalogue() {
    ReadContext context = new ReadContext(Path.of("/work-folder"));
    for (Setting setting : Load.valid(Load.DEFAULTS).settings()) {
      boolean isOfTheNode = setting.key().matches("(node|limits|http|log)\\..*|host");
      if (isOfTheNode) {
        assertThat(setting.value()).as(setting.key()).isEqualTo(context.defaultOf(setting.entry()));
      }
    }
  }

  @Test
  void commentedExamplesInTheShippedFilesAreValidOnceUncommented() throws IOException {
    String routing = Files.readString(CONF.resolve("routing.conf"));
    String uncommented = routing.replaceAll("(?m)^ {6}# ", "      "); // prose is less indented
    Path file = Files.createTempFile("routing", ".conf");
    try {
      Files.writeString(file, uncommented);
      var vhost = Load.valid(Load.DEFAULTS.withFile(file)).routing().vhosts().get("/");
      assertThat(vhost.bindings()).hasSize(1);
      assertThat(vhost.rules()).hasSize(1);
      assertThat(vhost.queues()).containsOnlyKeys("readings");
    } finally {
      Files.delete(file);
    }
  }
}
