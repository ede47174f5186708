package io.serai.cli;

import io.serai.config.LoadRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which configuration is meant. */
final class ConfigOptions {
  /** Where the launcher lives; its {@code conf/serai.conf} is used when no file is named. */
  private static final String HOME = "serai.home";

  @Mixin HelpOption help = new HelpOption();

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Main configuration file. Without it: conf/serai.conf beside the launcher.")
  @Nullable Path conf;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data folder, short for --set node.data-dir=DIR.")
  @Nullable Path data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets any configuration key; may be repeated, the last one wins.")
  List<String> settings = new ArrayList<>();

  /** What to load for a node with these options. */
  LoadRequest request() {
    Path file = conf != null ? conf : shippedFile();
    LoadRequest request =
        file == null ? LoadRequest.defaults() : LoadRequest.defaults().withFile(file);
    for (String setting : settings) {
      request = request.withSetting(setting);
    }
    return data == null ? request : request.withSetting("node.data-dir=" + data);
  }

  private static @Nullable Path shippedFile() {
    String home = System.getProperty(HOME);
    if (home == null) {
      return null;
    }
    Path file = Path.of(home, "conf", "serai.conf");
    return Files.isReadable(file) ? file : null;
  }
}
