package dev.pel.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The modules of this repository, as its poms name them. */
final class PublishedModules {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private PublishedModules() {}

    /** The modules that pel-bom manages. */
    static List<String> managed() {
        return texts(pom(ROOT.resolve("pel-bom")), "dependencies", "artifactId");
    }

    /** The modules of the build that are deployed, pel-bom aside. */
    static List<String> deployed() {
        return texts(pom(ROOT), "modules", "module").stream()
                .filter(module -> !module.equals("pel-bom"))
                .filter(module -> !texts(pom(ROOT.resolve(module)), "properties", "maven.deploy.skip")
                        .contains("true"))
                .toList();
    }

    /** The managed modules that have classes; a starter has none. */
    static List<String> withClasses() {
        return managed().stream()
                .filter(module -> Files.isDirectory(ROOT.resolve(module).resolve("src/main/java")))
                .toList();
    }

    private static List<String> texts(Document pom, String section, String name) {
        NodeList found = pom.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(found::item)
                .filter(node -> node.getParentNode().getNodeName().equals(section)
                        || node.getParentNode().getParentNode().getNodeName().equals(section))
                .map(node -> node.getTextContent().trim())
                .toList();
    }

    private static Document pom(Path folder) {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(folder.resolve("pom.xml").toFile());
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError("The pom of " + folder + " cannot be read", e);
        }
    }
}
