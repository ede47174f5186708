package io.serai.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import java.nio.file.Path;
import java.util.Map;

/**
 * Loads and checks a configuration. Reads files: never call it on an event loop.
 *
 * <p>Layers, weakest first: defaults of the catalogue, the built-in {@code serai.conf}, the file
 * with its includes, {@code demo.conf} when asked for, {@code --set}.
 */
public final class ConfigLoader {
  private final Catalogue catalogue;
  private final Vocabulary vocabulary;

  /** A loader that knows what this build has installed. */
  public ConfigLoader(Catalogue catalogue, Vocabulary vocabulary) {
    this.catalogue = catalogue;
    this.vocabulary = vocabulary;
  }

  /** A loader that knows every protocol of the tree. */
  public ConfigLoader() {
    this(Catalogue.standard(), Vocabulary.standard());
  }

  /** All of it, or all that is wrong with it; problems are values and never thrown. */
  public ConfigResult load(LoadRequest request) {
    Problems problems = new Problems(request.workingFolder());
    SourceReader sources = new SourceReader(problems);
    Config layers = Overrides.read(request.settings(), problems);
    if (request.isDemo()) { // over the file, whose lists would otherwise replace the demo's
      layers = layers.withFallback(sources.readBuiltIn(BuiltIn.DEMO));
    }
    Path file = request.file();
    if (file != null) {
      Path absolute = request.workingFolder().resolve(file).normalize();
      layers = layers.withFallback(sources.readFile(absolute));
    }
    layers = layers.withFallback(sources.readBuiltIn(BuiltIn.SERVER));
    ConfigObject root = resolve(layers, new Environment(request.environment()), problems);
    ReadContext context = new ReadContext(request.workingFolder());
    StrictPass pass = new StrictPass(problems, context);
    Section section = pass.walk(root, Schema.of(catalogue));
    Configuration config = read(section, pass, problems);
    FileStamps files = FileStamps.of(sources.files()).and(context.named());
    return problems.errors().isEmpty()
        ? new ConfigResult.Valid(config, problems.warnings(), files)
        : new ConfigResult.Invalid(problems.errors(), problems.warnings(), files);
  }

  private static ConfigObject resolve(Config layers, Environment environment, Problems problems) {
    ConfigResolveOptions options =
        ConfigResolveOptions.defaults()
            .setUseSystemEnvironment(false)
            .setAllowUnresolved(true)
            .appendResolver(environment);
    try {
      return layers.resolve(options).root();
    } catch (ConfigException e) {
      Place place = e.origin() == null ? new Place("configuration", 0) : Place.of(e.origin());
      problems.error(
          place, "", "substitutions cannot be resolved: they refer to each other in a circle", "");
      return ConfigFactory.empty().root();
    }
  }

  private Configuration read(Section root, StrictPass pass, Problems problems) {
    ListenerReader listeners = new ListenerReader(root, catalogue, vocabulary, problems);
    Section vhosts = root.block("vhosts");
    RoutingConfig routing = RoutingReader.read(vhosts);
    Map<String, UserConfig> users =
        new UserReader(routing.vhosts().keySet(), problems).read(root.block("users"));
    RoutingChecks routingChecks = new RoutingChecks(vocabulary, problems);
    RuleChecks ruleChecks =
        new RuleChecks(vocabulary, listeners.protocols(), users.keySet(), problems);
    PolicyChecks policyChecks = new PolicyChecks(vocabulary.core(), problems);
    routing
        .vhosts()
        .forEach((name, vhost) -> {
          routingChecks.check(vhosts.block(name), vhost);
          policyChecks.check(vhosts.block(name), vhost);
          ruleChecks.check(vhosts.block(name), vhost);
        });
    ServerConfig server = new ServerReader(root, listeners, users, routing, problems).read();
    return new Configuration(server, routing, pass.settings());
  }
}
