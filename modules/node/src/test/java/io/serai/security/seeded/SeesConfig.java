package io.serai.security.seeded;

import io.serai.config.seeded.SeesSecurity;

/** Breaks: security sees of ours only model and bus; with its counterpart, a cycle. */
public record SeesConfig(SeesSecurity other) {}
