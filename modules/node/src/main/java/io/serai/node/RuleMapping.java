package io.serai.node;

import io.serai.config.RoutingConfig;
import io.serai.config.TopicPattern;
import io.serai.config.TopicSpelling;
import io.serai.config.TopicTemplate;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.RoutingRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules as configured, in the words of the routing core. */
final class RuleMapping {
  private static final TopicFilter.Levels EVERY_TOPIC =
      new TopicFilter.Levels(List.of(TopicFilter.Multi.MULTI), false);

  private RuleMapping() {}

  static RoutingRule rule(RoutingConfig.Rule rule) {
    RoutingConfig.RuleSource from = rule.from();
    TopicPattern filter = from.filter();
    return new RoutingRule(
        rule.name(),
        from.protocol(),
        filter == null ? EVERY_TOPIC : filter(filter),
        from.exchange(),
        from.user(),
        rule.to().exchange(),
        template(rule.to().topic(), filter));
  }

  private static TopicFilter.Levels filter(TopicPattern pattern) {
    List<TopicFilter.Step> steps = new ArrayList<>();
    for (TopicPattern.LevelPattern level : pattern.levels()) {
      steps.add(
          switch (level) {
            case TopicPattern.Literal(String text) ->
                new TopicFilter.Literal(unescaped(text, pattern.spelling()));
            case TopicPattern.One _ -> TopicFilter.Single.SINGLE;
            case TopicPattern.Many _ -> TopicFilter.Multi.MULTI;
          });
    }
    // As in MQTT, a filter in its spelling that starts with a wildcard leaves $ topics alone.
    return new TopicFilter.Levels(steps, pattern.spelling() == TopicSpelling.SLASH);
  }

  private static @Nullable List<List<RoutingRule.Part>> template(
      @Nullable TopicTemplate template, @Nullable TopicPattern filter) {
    if (template == null) {
      return null;
    }
    List<List<RoutingRule.Part>> levels = new ArrayList<>();
    for (List<TopicTemplate.Part> parts : template.levels()) {
      levels.add(parts.stream().map(part -> part(part, template.spelling(), filter)).toList());
    }
    return levels;
  }

  private static RoutingRule.Part part(
      TopicTemplate.Part part, TopicSpelling spelling, @Nullable TopicPattern filter) {
    return switch (part) {
      case TopicTemplate.Fixed(String text) -> new RoutingRule.Fixed(unescaped(text, spelling));
      case TopicTemplate.Captured(String reference) -> {
        int wildcard = filter == null ? -1 : filter.wildcardIndex(reference);
        if (wildcard < 0) {
          throw new IllegalStateException("unchecked capture {" + reference + "}");
        }
        yield new RoutingRule.Captured(wildcard);
      }
    };
  }

  /** One level without the escapes of its spelling. */
  private static String unescaped(String level, TopicSpelling spelling) {
    Spelling own = spelling == TopicSpelling.SLASH ? Spelling.SLASH : Spelling.DOT;
    return level.isEmpty() ? "" : Topic.of(level, own).level(0);
  }
}
