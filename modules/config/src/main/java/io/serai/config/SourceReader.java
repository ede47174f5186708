package io.serai.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file and everything it includes. An include is required and relative to the file that
 * names it; only {@code *.local.conf} may be missing. A broken file is reported and read as empty,
 * so that the other files are still checked.
 */
final class SourceReader
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  /** A million queues take some 50 MiB. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  /** The ending of files that may be missing: settings of one machine, kept out of the rest. */
  static final String OPTIONAL_ENDING = ".local.conf";

  /** Lines that mention one of these are never repeated in a parse error. */
  private static final Pattern SECRET_LINE = Pattern.compile("(?i)pass|secret|verifier|scram");

  private static final Pattern PARSE_ORIGIN = Pattern.compile("^.*?: (?:\\d+(?:-\\d+)?: )?");

  private final Problems problems;
  private final Deque<Source> stack = new ArrayDeque<>();
  private final Map<Path, byte[]> files = new LinkedHashMap<>();

  SourceReader(Problems problems) {
    this.problems = problems;
  }

  /** Content by file of all that was read; a missing optional file has no bytes. */
  Map<Path, byte[]> files() {
    return files;
  }

  /** Reads a file by absolute name; empty with a reported error when it cannot be read. */
  Config readFile(Path file) {
    Source source = open(file, new Place(file.toString(), 0));
    return source == null ? ConfigFactory.empty() : parse(source).toConfig();
  }

  Config readBuiltIn(BuiltIn text) {
    return parse(text.source()).toConfig();
  }

  private ConfigObject parse(Source source) {
    for (HoconOutline.Duplicate duplicate : source.outline().duplicates()) {
      problems.error(
          new Place(source.name(), duplicate.line()),
          shownKey(duplicate.key()),
          "set twice in one file, first on line " + duplicate.firstLine(),
          "remove one; a list is extended with +=");
    }
    stack.push(source);
    try {
      var options =
          ConfigParseOptions.defaults()
              .setSyntax(source.name().endsWith(".json") ? ConfigSyntax.JSON : ConfigSyntax.CONF)
              .setOriginDescription(source.name())
              .setIncluder(this);
      return ConfigFactory.parseString(source.text(), options).root();
    } catch (ConfigException e) {
      report(source, e);
      return ConfigFactory.empty(source.name()).root();
    } finally {
      stack.pop();
    }
  }

  private static String shownKey(String key) {
    return key.replaceAll("\\.\"\\[\\d+\\.(\\d+)]\"", "[$1]");
  }

  private void report(Source source, ConfigException failure) {
    Place place =
        failure.origin() == null ? new Place(source.name(), 0) : Place.of(failure.origin());
    String message = String.valueOf(failure.getMessage());
    Matcher origin = PARSE_ORIGIN.matcher(message);
    message = origin.find() ? message.substring(origin.end()) : message;
    String hint = "";
    int advice = message.indexOf(" (if you ");
    if (advice >= 0) {
      message = message.substring(0, advice);
      hint = "text with special characters must stand in double quotes";
    }
    int open = source.outline().unclosedLine();
    if (open > 0 && message.contains("end of file")) {
      place = new Place(source.name(), open);
      message = "the file ends before the block or list opened here is closed";
      hint = "";
    }
    if (SECRET_LINE.matcher(source.line(place.line())).find()) {
      message = "this line cannot be read as HOCON (not shown, it may hold a secret)";
      hint = "text with special characters must stand in double quotes";
    }
    problems.error(place, "", message, hint);
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this; // the library's own includer would ignore missing files and read the class path
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    return includeNamed(what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return includeNamed(what.getPath());
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return refuse("url(\"" + what + "\")", what.toString());
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return refuse("classpath(\"" + what + "\")", what);
  }

  private ConfigObject refuse(String shown, String name) {
    problems.error(
        includePlace(name),
        "",
        "include of " + shown + " is not supported",
        "only files can be included: include \"name.conf\"");
    return nothing();
  }

  private ConfigObject includeNamed(String name) {
    Place place = includePlace(name);
    Source including = stack.element();
    Source included = including.file() == null ? builtIn(name, place) : file(name, place);
    return included == null ? nothing() : parse(included);
  }

  private static ConfigObject nothing() {
    return ConfigFactory.empty().root();
  }

  private Place includePlace(String name) {
    Source including = stack.element();
    return new Place(including.name(), including.outline().includeLine(name));
  }

  private @Nullable Source builtIn(String name, Place place) {
    for (BuiltIn text : BuiltIn.values()) {
      if (text.fileName().equals(name)) {
        return text.source();
      }
    }
    if (!name.endsWith(OPTIONAL_ENDING)) {
      problems.error(place, "", "there is no built-in file \"" + name + "\"", "");
    }
    return null;
  }

  private @Nullable Source file(String name, Place place) {
    Path including = stack.element().file();
    Path file = folderOf(including).resolve(name).normalize();
    if (stack.stream().anyMatch(open -> file.equals(open.file()))) {
      String circle =
          stack.reversed().stream()
              .map(open -> fileName(open.name()))
              .collect(Collectors.joining(" -> "));
      problems.error(
          place, "", "include goes in a circle: " + circle + " -> " + file.getFileName(), "");
      return null;
    }
    return open(file, place);
  }

  private static String fileName(String name) {
    return String.valueOf(Path.of(name).getFileName());
  }

  private static Path folderOf(@Nullable Path file) {
    Path folder = file == null ? null : file.getParent();
    return folder == null ? Path.of("").toAbsolutePath() : folder;
  }

  private @Nullable Source open(Path file, Place place) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        problems.error(
            new Place(file.toString(), 0), "", "the file has more than 256 MiB", "is it this one?");
        return null;
      }
      byte[] bytes = Files.readAllBytes(file);
      files.put(file, bytes);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int tooDeep = Nesting.tooDeepLine(text);
      if (tooDeep > 0) {
        problems.error(
            new Place(file.toString(), tooDeep),
            "",
            "blocks, lists or keys are nested deeper than " + Nesting.MAX_DEPTH,
            "");
        return null;
      }
      return new Source(file.toString(), file, text);
    } catch (NoSuchFileException e) {
      files.put(file, new byte[0]);
      if (!file.toString().endsWith(OPTIONAL_ENDING)) {
        problems.error(place, "", "file not found" + naming(file, place), near(file, place));
      }
    } catch (CharacterCodingException e) {
      problems.error(new Place(file.toString(), 0), "", "the file is not UTF-8 text", "");
    } catch (IOException e) {
      problems.error(place, "", "the file cannot be read" + naming(file, place), FileReason.of(e));
    }
    return null;
  }

  /** The file's name, unless the problem stands at the file itself. */
  private String naming(Path file, Place place) {
    return place.source().equals(file.toString()) ? "" : ": " + problems.shown(file.toString());
  }

  /** Names a file beside the missing one that was probably meant. */
  private static String near(Path missing, Place place) {
    boolean isIncluded = !place.source().equals(missing.toString());
    String optional = isIncluded ? "only *" + OPTIONAL_ENDING + " files may be missing" : "";
    try (Stream<Path> beside = Files.list(folderOf(missing))) {
      var names =
          beside
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.endsWith(".conf") || name.endsWith(".json"))
              .collect(Collectors.toCollection(TreeSet::new));
      String wanted = String.valueOf(missing.getFileName());
      String close = Suggestions.closest(wanted, names);
      return close.isEmpty() ? optional : ("did you mean \"" + close + "\"? " + optional).strip();
    } catch (IOException e) {
      return "the folder " + folderOf(missing) + " cannot be read either";
    }
  }
}
