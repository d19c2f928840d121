"""Tags, whose resources are named by ARNs in the path."""

import pytest


def test_tags_are_added_listed_and_removed(agent, knowledge_base):
    arn = knowledge_base["knowledgeBaseArn"]

    def tags():
        return agent.list_tags_for_resource(resourceArn=arn)["tags"]

    assert tags() == {}
    agent.tag_resource(resourceArn=arn, tags={"a b": "1", "c/d": "2", "e": ""})
    agent.tag_resource(resourceArn=arn, tags={"e": "3"})
    assert tags() == {"a b": "1", "c/d": "2", "e": "3"}
    agent.untag_resource(resourceArn=arn, tagKeys=["c/d", "a b", "unknown"])
    assert tags() == {"e": "3"}


def test_invalid_tags_are_refused(agent, knowledge_base):
    arn = knowledge_base["knowledgeBaseArn"]
    for tags in ({"k" * 129: "v"}, {"k": "v" * 257}, {"k!": "v"}):
        with pytest.raises(agent.exceptions.ValidationException):
            agent.tag_resource(resourceArn=arn, tags=tags)
    with pytest.raises(agent.exceptions.ValidationException):
        agent.list_tags_for_resource(resourceArn="no arn at all, but long enough")


def test_unknown_resources(agent, knowledge_base):
    base = knowledge_base["knowledgeBaseArn"].rsplit("/", 1)[0]
    for arn in (f"{base}/ABCDEFGHIJ", base.replace("knowledge-base", "agent") + "/ABCDEFGHIJ"):
        with pytest.raises(agent.exceptions.ResourceNotFoundException):
            agent.list_tags_for_resource(resourceArn=arn)
        with pytest.raises(agent.exceptions.ResourceNotFoundException):
            agent.tag_resource(resourceArn=arn, tags={"k": "v"})
        with pytest.raises(agent.exceptions.ResourceNotFoundException):
            agent.untag_resource(resourceArn=arn, tagKeys=["k"])
