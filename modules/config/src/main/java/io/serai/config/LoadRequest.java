package io.serai.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to load, weakest first: the built-in defaults, the file with its includes, the demo when
 * asked for, then {@code --set}.
 *
 * @param file the main file, null for none; relative names start at the working folder
 * @param isDemo whether to add {@code demo.conf}
 * @param settings {@code key=value} as given to {@code --set}, later ones win
 * @param environment what {@code ${NAME}} may name
 * @param workingFolder the folder the node was started in
 */
public record LoadRequest(
    @Nullable Path file,
    boolean isDemo,
    List<String> settings,
    Map<String, String> environment,
    Path workingFolder) {

  public LoadRequest {
    settings = List.copyOf(settings);
    environment = Map.copyOf(environment);
    workingFolder = workingFolder.toAbsolutePath().normalize();
  }

  /** The built-in defaults with the environment and working folder of this process. */
  public static LoadRequest defaults() {
    return new LoadRequest(null, false, List.of(), System.getenv(), Path.of(""));
  }

  /** The same over a file. */
  public LoadRequest withFile(Path main) {
    return new LoadRequest(main, isDemo, settings, environment, workingFolder);
  }

  /** The same with the demo's exchange, queue and rule. */
  public LoadRequest withDemo() {
    return new LoadRequest(file, true, settings, environment, workingFolder);
  }

  /** The same with one more {@code key=value}. */
  public LoadRequest withSetting(String keyAndValue) {
    List<String> longer = new ArrayList<>(settings);
    longer.add(keyAndValue);
    return new LoadRequest(file, isDemo, longer, environment, workingFolder);
  }

  /** The same with another environment. */
  public LoadRequest withEnvironment(Map<String, String> variables) {
    return new LoadRequest(file, isDemo, settings, variables, workingFolder);
  }

  /** The same started in another folder. */
  public LoadRequest withWorkingFolder(Path folder) {
    return new LoadRequest(file, isDemo, settings, environment, folder);
  }
}
